package io.cachepolicy.writeback;

import java.time.Instant;

import org.springframework.util.backoff.BackOffExecution;

/**
 * How often and when a write was refused by the store.
 */
final class Failure {

	private final BackOffExecution backOff;

	private final Instant first;

	private int attempts;

	private long retryAt;

	Failure(BackOffExecution backOff, Instant first) {
		this.backOff = backOff;
		this.first = first;
	}

	/**
	 * Count an attempt that failed, and set the time of the next one.
	 * @param now the time in nanoseconds
	 */
	void attempted(long now) {
		this.attempts++;
		this.retryAt = now + this.backOff.nextBackOff() * 1_000_000;
	}

	int attempts() {
		return this.attempts;
	}

	Instant first() {
		return this.first;
	}

	long retryAt() {
		return this.retryAt;
	}

}
