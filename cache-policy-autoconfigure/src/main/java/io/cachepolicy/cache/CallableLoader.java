package io.cachepolicy.cache;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache.ValueRetrievalException;

/**
 * Loads with what a caller of the cache abstraction passed.
 */
final class CallableLoader implements Loader {

	private final Object key;

	private final Callable<?> callable;

	CallableLoader(Object key, Callable<?> callable) {
		this.key = key;
		this.callable = callable;
	}

	@Override
	public @Nullable Object load() {
		try {
			return this.callable.call();
		}
		catch (Exception ex) {
			throw new ValueRetrievalException(this.key, this.callable, ex);
		}
	}

}
