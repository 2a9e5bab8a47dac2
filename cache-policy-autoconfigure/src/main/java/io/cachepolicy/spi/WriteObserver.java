package io.cachepolicy.spi;

import java.util.function.Supplier;

import io.cachepolicy.WritePolicy;

/**
 * Observes the store calls of writes whose callers wait for the store.
 */
public interface WriteObserver {

	/**
	 * Observes nothing.
	 */
	WriteObserver NONE = new WriteObserver() {

		@Override
		public <T> T observe(String cacheName, WritePolicy policy, int rows, Supplier<T> call) {
			return call.get();
		}

	};

	/**
	 * Run a store call.
	 * @param <T> the type of its result
	 * @param cacheName the name of the cache
	 * @param policy the policy by which the store is written
	 * @param rows how many rows are written or deleted
	 * @param call the call, to be run once in this thread
	 * @return the result of the call, which throws on
	 */
	<T> T observe(String cacheName, WritePolicy policy, int rows, Supplier<T> call);

}
