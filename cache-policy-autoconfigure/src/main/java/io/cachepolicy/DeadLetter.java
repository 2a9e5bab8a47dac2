package io.cachepolicy;

import java.time.Instant;

import io.cachepolicy.text.FailureText;
import io.cachepolicy.text.KeyText;
import org.jspecify.annotations.Nullable;

/**
 * A deferred write that is not in the store, kept for a person to inspect,
 * {@link PolicyCache#replay replay} or {@link PolicyCache#discard discard}.
 * <p>
 * Letters that are kept and failed in the same way share the exception of the first one:
 * its message may speak of the row of another letter. A {@link WriteFailureHandler} and a
 * {@link WriteDeadLettered} event have the exception of their own.
 * <p>
 * The description leaves out what may be confidential: the value, and the message of the
 * reason, in which databases quote rows.
 *
 * @param id identifies the dead letter within its cache
 * @param cache the name of the cache
 * @param key the key of the write
 * @param value the value that was to be written, {@code null} for a removal
 * @param kind why the write was given up
 * @param reason what the store threw, or an exception that says what else happened;
 * shared by kept letters
 * @param attempts how often the write was tried
 * @param firstFailure when it failed first
 * @param lastFailure when it failed last
 */
public record DeadLetter(long id, String cache, Object key, @Nullable Object value, Kind kind, Throwable reason,
		int attempts, Instant firstFailure, Instant lastFailure) {

	/**
	 * Create a dead letter whose kind follows from its reason: {@link Kind#NOT_STORED}
	 * for a {@link DrainTimeoutException}, else {@link Kind#REFUSED}.
	 * @param id identifies the dead letter within its cache
	 * @param cache the name of the cache
	 * @param key the key of the write
	 * @param value the value that was to be written, {@code null} for a removal
	 * @param reason what the store threw, or an exception that says what else happened
	 * @param attempts how often the write was tried
	 * @param firstFailure when it failed first
	 * @param lastFailure when it failed last
	 */
	public DeadLetter(long id, String cache, Object key, @Nullable Object value, Throwable reason, int attempts,
			Instant firstFailure, Instant lastFailure) {
		this(id, cache, key, value, (reason instanceof DrainTimeoutException) ? Kind.NOT_STORED : Kind.REFUSED, reason,
				attempts, firstFailure, lastFailure);
	}

	@Override
	public String toString() {
		return "DeadLetter[id=%d, cache=%s, key=%s, operation=%s, kind=%s, reason=%s, attempts=%d]".formatted(this.id,
				this.cache, KeyText.of(this.key), (this.value != null) ? "put" : "remove", this.kind,
				FailureText.of(this.reason), this.attempts);
	}

	/**
	 * Why a write was given up.
	 */
	public enum Kind {

		/**
		 * The store refused the write as often as it was tried.
		 */
		REFUSED,

		/**
		 * Someone else changed or deleted the row.
		 */
		CONFLICT,

		/**
		 * The write was still pending when the time to drain its cache was over. Such a
		 * letter is handed to each {@link WriteFailureHandler} and kept nowhere.
		 */
		NOT_STORED,

		/**
		 * Nobody knows whether the transaction of the write was committed, as the process
		 * ended before that was recorded.
		 */
		IN_DOUBT

	}

}
