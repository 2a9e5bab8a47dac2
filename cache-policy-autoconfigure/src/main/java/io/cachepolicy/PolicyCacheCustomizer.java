package io.cachepolicy;

import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * Callback to customize the {@link Caffeine} builder of a cache, after the properties
 * were applied. Every bean of this type is called, in order, for every cache. An eviction
 * listener can't be set, as the cache needs its own; a removal listener can.
 */
@FunctionalInterface
public interface PolicyCacheCustomizer {

	/**
	 * Customize the builder of one cache.
	 * @param cacheName the name of the cache
	 * @param caffeine the builder to customize
	 */
	void customize(String cacheName, Caffeine<Object, Object> caffeine);

}
