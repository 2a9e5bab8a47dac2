package io.cachepolicy.sample.replay;

/**
 * A request of a trace.
 *
 * @param line the line of the trace, which tells the writes of a block apart
 * @param write whether the block is written, or else read
 * @param size the number of bytes
 * @param lbn the logical number of the block
 */
record TraceRequest(long line, boolean write, int size, long lbn) {

}
