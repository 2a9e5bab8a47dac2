package io.cachepolicy.sample.replay;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is in a trace.
 *
 * @param requests the number of requests
 * @param writes the number of writes
 * @param blocks the number of distinct blocks
 */
record TraceSummary(long requests, long writes, long blocks) {

	// Reads the trace from its beginning to its end, so that damages show before a replay
	static TraceSummary of(Trace trace) {
		long total = 0;
		long writes = 0;
		Set<Long> blocks = new HashSet<>();
		try (Stream<TraceRequest> requests = trace.requests()) {
			for (TraceRequest request : (Iterable<TraceRequest>) requests::iterator) {
				total++;
				writes += request.write() ? 1 : 0;
				blocks.add(request.lbn());
			}
		}
		return new TraceSummary(total, writes, blocks.size());
	}

	long reads() {
		return this.requests - this.writes;
	}

}
