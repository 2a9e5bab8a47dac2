package io.cachepolicy.interceptor;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.cachepolicy.cache.ForwardingCache;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.util.ObjectUtils;

/**
 * A view for methods that return {@code CompletableFuture<Optional<V>>}: the cache holds
 * the {@code V}, as it does for other methods.
 */
final class OptionalFutureCache extends ForwardingCache {

	OptionalFutureCache(Cache view) {
		super(view);
	}

	@Override
	public @Nullable CompletableFuture<?> retrieve(Object key) {
		CompletableFuture<?> cached = super.retrieve(key);
		return (cached != null) ? cached.thenApply(this::wrap) : null;
	}

	private @Nullable Object wrap(@Nullable Object cached) {
		if (cached instanceof ValueWrapper wrapper) {
			return new SimpleValueWrapper(Optional.ofNullable(wrapper.get()));
		}
		return (cached != null) ? Optional.of(cached) : null;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
		CompletableFuture<Object> value = super.retrieve(key,
				() -> valueLoader.get().thenApply(ObjectUtils::unwrapOptional));
		return (CompletableFuture<T>) value.thenApply(Optional::ofNullable);
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		super.put(key, ObjectUtils.unwrapOptional(value));
	}

}
