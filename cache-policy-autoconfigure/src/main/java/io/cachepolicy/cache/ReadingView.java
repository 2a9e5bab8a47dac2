package io.cachepolicy.cache;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.cachepolicy.text.KeyText;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;

/**
 * A view for one invocation of a method that reads: the method is the loader, and the
 * store is never called.
 */
final class ReadingView extends CacheView {

	private final Predicate<@Nullable Object> cacheable;

	private final Consumer<@Nullable Object> afterLoad;

	private @Nullable Object missedKey;

	private @Nullable LoadTicket ticket;

	ReadingView(Cache cache, CacheOperations operations, Predicate<@Nullable Object> cacheable,
			Consumer<@Nullable Object> afterLoad) {
		super(cache, operations);
		this.cacheable = cacheable;
		this.afterLoad = afterLoad;
	}

	@Override
	public @Nullable ValueWrapper get(Object key) {
		if (operations().isCalledByStore()) {
			return null;
		}
		ValueWrapper known = operations().find(key);
		if (known != null) {
			return known;
		}
		LoadTicket ticket = operations().ticket(key);
		this.missedKey = key;
		this.ticket = ticket;
		// Once more, as the write of what was pending may have reached the store since
		return operations().findPending(ticket);
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
		ValueWrapper known = get(key);
		Object value = (known != null) ? known.get() : null;
		if (value != null && type != null && !type.isInstance(value)) {
			throw new IllegalStateException("Value of key '%s' in cache '%s' is a %s, not a %s"
				.formatted(KeyText.of(key), getName(), value.getClass().getName(), type.getName()));
		}
		return (T) value;
	}

	@Override
	public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
		CallableLoader loader = new CallableLoader(key, valueLoader);
		return (operations().isCalledByStore()) ? load(loader) : operations().load(key, new DecidingLoader(loader));
	}

	@SuppressWarnings("unchecked")
	private static <T> @Nullable T load(Loader loader) {
		return (T) loader.load();
	}

	@Override
	public @Nullable CompletableFuture<?> retrieve(Object key) {
		ValueWrapper known = get(key);
		return (known != null) ? CompletableFuture.completedFuture(known) : null;
	}

	@Override
	public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
		return (operations().isCalledByStore()) ? valueLoader.get()
				: operations().loadAsync(key, valueLoader, new DecidingLoader(Loader.NONE));
	}

	/**
	 * Cache what the method returned, if this view missed the key before.
	 */
	@Override
	public void put(Object key, @Nullable Object value) {
		LoadTicket ticket = this.ticket;
		if (ticket != null && key.equals(this.missedKey)) {
			operations().keep(ticket, value, new DecidingLoader(Loader.NONE));
		}
	}

	@Override
	public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		ValueWrapper known = get(key);
		if (known == null) {
			put(key, value);
		}
		return known;
	}

	/**
	 * A loader that decides by the annotation.
	 */
	private final class DecidingLoader implements Loader {

		private final Loader loader;

		DecidingLoader(Loader loader) {
			this.loader = loader;
		}

		@Override
		public @Nullable Object load() {
			return this.loader.load();
		}

		@Override
		public boolean isCacheable(@Nullable Object value) {
			return ReadingView.this.cacheable.test(value);
		}

		@Override
		public void loaded(@Nullable Object value) {
			ReadingView.this.afterLoad.accept(value);
		}

	}

}
