package io.cachepolicy.cache;

import java.util.function.BiConsumer;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.cachepolicy.spi.BackingStoreResolver;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.ValueCopier;
import io.cachepolicy.spi.WriteObserver;

/**
 * What all caches of a manager are made with.
 *
 * @param resolver finds the stores
 * @param copier isolates values
 * @param pendingWrites creates the pending writes of a cache
 * @param customizer customizes the Caffeine builder of a cache, by its name
 * @param observer observes writes that go to the store at once
 * @param channel leads to other instances of the application
 */
public record CacheInfrastructure(BackingStoreResolver resolver, ValueCopier copier,
		PendingWrites.Factory pendingWrites, BiConsumer<String, Caffeine<Object, Object>> customizer,
		WriteObserver observer, ChangeChannel channel) {

	/**
	 * Create an infrastructure without an observer and without other instances.
	 * @param resolver finds the stores
	 * @param copier isolates values
	 * @param pendingWrites creates the pending writes of a cache
	 * @param customizer customizes the Caffeine builder of a cache, by its name
	 */
	public CacheInfrastructure(BackingStoreResolver resolver, ValueCopier copier, PendingWrites.Factory pendingWrites,
			BiConsumer<String, Caffeine<Object, Object>> customizer) {
		this(resolver, copier, pendingWrites, customizer, WriteObserver.NONE, ChangeChannel.NONE);
	}

}
