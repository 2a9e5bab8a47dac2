package io.cachepolicy;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A write that the store refused for good, kept for a person to inspect,
 * {@link PolicyCache#replay replay} or {@link PolicyCache#discard discard}.
 * <p>
 * The description leaves out the value, which may be confidential.
 *
 * @param id identifies the dead letter within its cache
 * @param cache the name of the cache
 * @param key the key of the write
 * @param value the value that was to be written, {@code null} for a removal
 * @param reason why the store refused it
 * @param attempts how often the write was tried
 * @param firstFailure when it failed first
 * @param lastFailure when it failed last
 */
public record DeadLetter(long id, String cache, Object key, @Nullable Object value, Throwable reason, int attempts,
		Instant firstFailure, Instant lastFailure) {

	@Override
	public String toString() {
		return "DeadLetter[id=%d, cache=%s, key=%s, operation=%s, reason=%s, attempts=%d]".formatted(this.id,
				this.cache, this.key, (this.value != null) ? "put" : "remove", this.reason, this.attempts);
	}

}
