package io.cachepolicy.cache;

import java.util.function.BiConsumer;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.cachepolicy.spi.BackingStoreResolver;
import io.cachepolicy.spi.ValueCopier;
import io.cachepolicy.spi.WriteObserver;

/**
 * What all caches of a manager are made with.
 *
 * @param resolver finds the stores
 * @param copier isolates values
 * @param deferredWrites creates the deferred writes of a cache
 * @param customizer customizes the Caffeine builder of a cache, by its name
 * @param observer observes writes that go to the store at once
 */
public record CacheInfrastructure(BackingStoreResolver resolver, ValueCopier copier,
		PendingWrites.Factory deferredWrites, BiConsumer<String, Caffeine<Object, Object>> customizer,
		WriteObserver observer) {

	/**
	 * Create an infrastructure without an observer.
	 * @param resolver finds the stores
	 * @param copier isolates values
	 * @param deferredWrites creates the deferred writes of a cache
	 * @param customizer customizes the Caffeine builder of a cache, by its name
	 */
	public CacheInfrastructure(BackingStoreResolver resolver, ValueCopier copier, PendingWrites.Factory deferredWrites,
			BiConsumer<String, Caffeine<Object, Object>> customizer) {
		this(resolver, copier, deferredWrites, customizer, WriteObserver.NONE);
	}

}
