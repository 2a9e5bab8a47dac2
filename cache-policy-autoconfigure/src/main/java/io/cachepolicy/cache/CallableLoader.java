package io.cachepolicy.cache;

import java.util.concurrent.Callable;

import io.cachepolicy.text.KeyText;
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
			throw new LoadFailedException(this.key, this.callable, ex);
		}
	}

	/**
	 * Tells which key, as everywhere.
	 */
	@SuppressWarnings("serial")
	private static final class LoadFailedException extends ValueRetrievalException {

		LoadFailedException(Object key, Callable<?> loader, Throwable cause) {
			super(key, loader, cause);
		}

		@Override
		public String getMessage() {
			return "Value of key '%s' could not be loaded".formatted(KeyText.of(getKey()));
		}

	}

}
