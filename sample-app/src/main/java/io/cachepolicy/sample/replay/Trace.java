package io.cachepolicy.sample.replay;

import java.util.stream.Stream;

/**
 * A sequence of reads and writes of numbered blocks, that can be run as often as wanted.
 */
@FunctionalInterface
interface Trace {

	/**
	 * Return the requests in their order.
	 * @return the requests, to be closed after use
	 * @throws TraceException from here or from the stream, if the trace can't be read
	 */
	Stream<TraceRequest> requests();

}
