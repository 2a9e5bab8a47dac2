package io.cachepolicy.sample.replay;

import java.time.Duration;

import io.cachepolicy.WritePolicy;

/**
 * What came out of the replay of a trace by one write policy.
 *
 * @param policy the policy
 * @param trace what was replayed
 * @param misses how many reads the cache could not answer
 * @param store what reached the store
 * @param stale how many reads did not see the last write
 * @param elapsed how long it took, with the drain at the end
 * @param differences how many rows differ from a plain replay of the writes
 */
record ReplayResult(WritePolicy policy, TraceSummary trace, long misses, ReplayMeter.Counts store, long stale,
		Duration elapsed, long differences) {

	double hitRatio() {
		return (this.trace.reads() > 0) ? 1 - (double) this.misses / this.trace.reads() : 1;
	}

	double rowsPerBatch() {
		return (this.store.transactions() > 0) ? (double) this.store.rows() / this.store.transactions() : 0;
	}

	long coalesced() {
		return this.trace.writes() - this.store.rows();
	}

	boolean isCorrect() {
		return this.stale == 0 && this.differences == 0;
	}

}
