package io.cachepolicy.spi;

import io.cachepolicy.settings.CacheSpec;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link BackingStore} of a cache. Asked once per cache, on first use.
 */
@FunctionalInterface
public interface BackingStoreResolver {

	/**
	 * Find the store of a cache.
	 * @param spec the settings of the cache
	 * @param inferredEntity the entity class that annotated methods suggest, if any
	 * @return the store, or {@code null} for a plain cache
	 * @throws io.cachepolicy.InvalidPolicyCacheException if the settings name a store
	 * that does not exist or is ambiguous
	 */
	@Nullable BackingStore resolve(CacheSpec spec, @Nullable Class<?> inferredEntity);

}
