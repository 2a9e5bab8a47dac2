package io.cachepolicy.writeback;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

import org.springframework.util.backoff.BackOffExecution;

/**
 * How often and when a write was refused by the store.
 */
final class Attempts {

	private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

	private final BackOffExecution backOff;

	private final Instant first;

	private int count;

	private int refusals;

	private long attemptedAt;

	private long retryAt;

	Attempts(BackOffExecution backOff, Instant first) {
		this.backOff = backOff;
		this.first = first;
	}

	/**
	 * Count an attempt that failed, and set the time of the next one.
	 * @param now the time in nanoseconds
	 * @param refused whether it was due to the write, and not to others at the same time
	 */
	void failed(long now, boolean refused) {
		this.count++;
		if (refused) {
			this.refusals++;
		}
		this.attemptedAt = now;
		this.retryAt = now + this.backOff.nextBackOff() * 1_000_000;
	}

	int count() {
		return this.count;
	}

	/**
	 * Return how many attempts count against the write.
	 * @return the number of attempts that were due to it
	 */
	int refusals() {
		return this.refusals;
	}

	Instant first() {
		return this.first;
	}

	/**
	 * Return when the write is to be tried again.
	 * @param hurry whether there is little time left
	 * @return the time in nanoseconds
	 */
	long retryAt(boolean hurry) {
		return (hurry) ? Math.min(this.retryAt, this.attemptedAt + SHORTEST_PAUSE) : this.retryAt;
	}

}
