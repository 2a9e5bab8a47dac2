package io.cachepolicy.spi;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.cachepolicy.text.FailureText;
import org.jspecify.annotations.Nullable;

/**
 * Told what flushes do, by the threads that flush, which hold no lock meanwhile. A slow
 * listener delays them; it throws nothing.
 */
public interface FlushListener {

	/**
	 * Listens to nothing.
	 */
	FlushListener NONE = new FlushListener() {
	};

	/**
	 * A batch is about to be handed to the store, by this thread.
	 * @param cacheName the name of the cache
	 * @param contexts the contexts of those of its writes that have one
	 * @return told by the same thread when the batch has ended
	 */
	default Flush begin(String cacheName, List<WriteContext> contexts) {
		return (result) -> {
		};
	}

	/**
	 * A store went away. Called before {@link #storeBack} of the same outage.
	 * @param cacheNames the names of its caches
	 * @param pending how many of their writes are pending
	 * @param failure what the store threw
	 */
	default void storeAway(Set<String> cacheNames, long pending, Throwable failure) {
	}

	/**
	 * A store that was away is back.
	 * @param cacheNames the names of its caches
	 * @param pending how many of their writes are pending
	 * @param away how long the store was away
	 */
	default void storeBack(Set<String> cacheNames, long pending, Duration away) {
	}

	/**
	 * The flush of a batch.
	 */
	@FunctionalInterface
	interface Flush {

		/**
		 * The flush has ended.
		 * @param result what became of the batch
		 */
		void end(Result result);

	}

	/**
	 * What became of the writes of a batch. Those that are in none of the groups were
	 * given up in favour of what another writer stored.
	 *
	 * @param size how many writes the batch had
	 * @param written how many are in the store
	 * @param deadLettered how many became dead letters
	 * @param pending how many are pending again
	 * @param duration how long the flush took
	 * @param failure what ended the batch early, as that the store is away
	 * @param storeAway whether that failure is one of the store as a whole
	 */
	record Result(int size, int written, int deadLettered, int pending, Duration duration, @Nullable Throwable failure,
			boolean storeAway) {

		@Override
		public String toString() {
			return "Result[size=%d, written=%d, deadLettered=%d, pending=%d, duration=%s, failure=%s, storeAway=%s]"
				.formatted(this.size, this.written, this.deadLettered, this.pending, this.duration,
						(this.failure != null) ? FailureText.of(this.failure) : null, this.storeAway);
		}

	}

}
