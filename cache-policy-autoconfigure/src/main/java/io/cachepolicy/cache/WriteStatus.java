package io.cachepolicy.cache;

import java.time.Duration;
import java.time.Instant;

import io.cachepolicy.text.FailureText;
import org.jspecify.annotations.Nullable;

/**
 * How the deferred writes of a cache are now.
 *
 * @param pending how many writes are pending
 * @param maxPending the most there may be
 * @param oldestAge how long the oldest one has been pending, zero if none is
 * @param awayFor how long the store has been away, zero if it is not
 * @param flusherAlive whether there is a thread to flush in; {@code true} also if none is
 * needed
 * @param deadLetters how many dead letters are kept
 * @param deadLettersFull whether nothing is flushed, as no more dead letters can be kept
 * @param lastFailure the last failure of a store call, {@code null} if there was none
 */
public record WriteStatus(long pending, long maxPending, Duration oldestAge, Duration awayFor, boolean flusherAlive,
		int deadLetters, boolean deadLettersFull, @Nullable LastFailure lastFailure) {

	/**
	 * A failure of a store call.
	 *
	 * @param reason what the store threw
	 * @param time when that was
	 */
	public record LastFailure(Throwable reason, Instant time) {

		@Override
		public String toString() {
			return "LastFailure[reason=%s, time=%s]".formatted(FailureText.of(this.reason), this.time);
		}

	}

}
