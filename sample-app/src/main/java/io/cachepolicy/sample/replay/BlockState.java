package io.cachepolicy.sample.replay;

/**
 * What a write leaves of itself in a block.
 *
 * @param length the number of bytes
 * @param line the line of the trace
 */
record BlockState(int length, long line) {

	static BlockState of(Block block) {
		return new BlockState(block.getLength(), block.getLine());
	}

	static BlockState of(TraceRequest request) {
		return new BlockState(request.size(), request.line());
	}

}
