package io.cachepolicy.writeback;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.settings.Durations;
import io.cachepolicy.settings.WriteBackSpec;
import org.jspecify.annotations.Nullable;

import org.springframework.util.backoff.BackOffExecution;

/**
 * How often and when a write failed by itself, and when it is to be tried again. Each
 * attempt makes a new instance.
 * <p>
 * A row rests for ten times as long as it occupied the store, so that one that is slow
 * costs a tenth of the time at most. One slow attempt says little of a row: the store may
 * have been slow, or the first call of the process. So the quicker one of the last two
 * attempts counts, and after the first one the row rests for as long as that took.
 */
final class Attempts {

	/**
	 * In a hurry, a write is tried again so soon.
	 */
	private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

	/**
	 * A row that is known to be slow rests for so many times as long as it occupied the
	 * store.
	 */
	private static final int RESTS = 10;

	/**
	 * There was no attempt before.
	 */
	private static final long UNKNOWN = -1;

	private final WriteBackSpec.Retry retry;

	private final BackOffExecution pauses;

	private final Instant first;

	private final long firstAt;

	private final int count;

	private final int refusals;

	private final boolean valueRefused;

	private final long attemptedAt;

	private final long took;

	private final long rest;

	private final long retryAt;

	private final @Nullable Suspicion suspicion;

	private Attempts(WriteBackSpec.Retry retry, BackOffExecution pauses, Instant first, long firstAt, int count,
			int refusals, boolean valueRefused, long attemptedAt, long took, long rest, long retryAt,
			@Nullable Suspicion suspicion) {
		this.retry = retry;
		this.pauses = pauses;
		this.first = first;
		this.firstAt = firstAt;
		this.count = count;
		this.refusals = refusals;
		this.valueRefused = valueRefused;
		this.attemptedAt = attemptedAt;
		this.took = took;
		this.rest = rest;
		this.retryAt = retryAt;
		this.suspicion = suspicion;
	}

	/**
	 * Start to count.
	 * @param retry how the pauses grow
	 * @return no attempt
	 */
	static Attempts none(WriteBackSpec.Retry retry) {
		return new Attempts(retry, Pauses.of(retry).start(), Instant.EPOCH, 0, 0, 0, false, 0, UNKNOWN, 0, 0, null);
	}

	/**
	 * Count an attempt that failed, and set the time of the next one.
	 * @param time the time
	 * @param now the time in nanoseconds
	 * @param took how long the attempt took, in nanoseconds
	 * @param refused whether it counts against the write, and not against others at the
	 * same time
	 * @param valueRefused whether the store found fault with the value
	 * @param suspicion what the write met
	 * @return the attempts
	 */
	Attempts failed(Instant time, long now, long took, boolean refused, boolean valueRefused,
			@Nullable Suspicion suspicion) {
		long known = (this.took != UNKNOWN) ? RESTS * Math.min(took, this.took) : took;
		long rest = Math.min(known, Durations.toNanos(this.retry.maxInterval()));
		long pause = TimeUnit.MILLISECONDS.toNanos(this.pauses.nextBackOff());
		return new Attempts(this.retry, this.pauses, (this.count > 0) ? this.first : time,
				(this.count > 0) ? this.firstAt : now, this.count + 1, this.refusals + (refused ? 1 : 0), valueRefused,
				now, took, rest, now + Math.max(pause, rest), suspicion);
	}

	/**
	 * Start to count anew for another value. What the row met may meet that one too, so
	 * it does not take more of the store's time than the former.
	 * @return no attempt of the value
	 */
	Attempts renewed() {
		return new Attempts(this.retry, Pauses.of(this.retry).start(), this.first, 0, 0, 0, false, this.attemptedAt,
				this.took, this.rest, this.attemptedAt + this.rest, this.suspicion);
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

	/**
	 * Return whether the last attempt failed for what the value is, and not for what the
	 * store was.
	 * @return whether another attempt is of use only if other rows change
	 */
	boolean isValueRefused() {
		return this.valueRefused;
	}

	/**
	 * Return the time of the first attempt.
	 * @return the time, meaningless if there was none
	 */
	Instant first() {
		return this.first;
	}

	/**
	 * Return for how long the write has failed.
	 * @return the nanoseconds from the first attempt to the last
	 */
	long nanos() {
		return this.attemptedAt - this.firstAt;
	}

	/**
	 * Return when the write is to be tried again.
	 * @param hurry whether there is little time left
	 * @return the time in nanoseconds
	 */
	long retryAt(boolean hurry) {
		return (hurry) ? Math.min(this.retryAt, this.attemptedAt + SHORTEST_PAUSE) : this.retryAt;
	}

	@Nullable Suspicion suspicion() {
		return this.suspicion;
	}

}
