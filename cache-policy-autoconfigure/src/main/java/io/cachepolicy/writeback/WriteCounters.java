package io.cachepolicy.writeback;

import java.util.concurrent.atomic.LongAdder;

import io.cachepolicy.cache.WriteCounts;
import io.cachepolicy.cache.WriteStatus;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of the writes of a cache. Thread-safe.
 */
final class WriteCounters {

	/**
	 * Writes that coalesced when they were accepted.
	 */
	final LongAdder coalesced = new LongAdder();

	final LongAdder cancelled = new LongAdder();

	final LongAdder written = new LongAdder();

	final LongAdder retried = new LongAdder();

	final LongAdder failedAttempts = new LongAdder();

	final LongAdder deadLettered = new LongAdder();

	final LongAdder refused = new LongAdder();

	/**
	 * The last failure of a store call.
	 */
	volatile WriteStatus.@Nullable LastFailure lastFailure;

	/**
	 * Return what became of the writes so far.
	 * @param added how many were accepted that did not coalesce with another one then
	 * @param collapsed how many of these did later
	 * @return a snapshot
	 */
	WriteCounts snapshot(long added, long collapsed) {
		long coalesced = this.coalesced.sum();
		return new WriteCounts(added + coalesced, coalesced + collapsed, this.cancelled.sum(), this.written.sum(),
				this.retried.sum(), this.failedAttempts.sum(), this.deadLettered.sum(), this.refused.sum());
	}

}
