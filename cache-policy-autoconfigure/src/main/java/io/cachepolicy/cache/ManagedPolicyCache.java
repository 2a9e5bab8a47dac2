package io.cachepolicy.cache;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.spi.BackingStore;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PolicyCache} as its manager and those that watch it see it.
 */
public interface ManagedPolicyCache extends PolicyCache {

	/**
	 * Return the settings.
	 * @return the settings, complete with all defaults
	 */
	CacheSpec getSpec();

	/**
	 * Find the store, which may create beans the first time.
	 * @return the store, or {@code null} if the cache has none
	 * @throws io.cachepolicy.InvalidPolicyCacheException if the settings or the methods
	 * of the cache name a store that does not exist, or several
	 */
	@Nullable BackingStore findStore();

	/**
	 * Find the type of the values, also where a method that uses the cache disagrees.
	 * @return the type, or {@code null} if the cache has no store
	 * @throws io.cachepolicy.InvalidPolicyCacheException if the settings name a store
	 * that does not exist, or several
	 */
	@Nullable Class<?> findValueType();

	/**
	 * Return the pending writes.
	 * @return the pending writes, or {@code null} if the cache never deferred one
	 */
	@Nullable PendingWrites findPendingWrites();

	/**
	 * Return how many changes of rows were seen that other code of the application made
	 * without the cache.
	 * @return the number of rows; what may have changed any row counts as one
	 */
	long getBypassed();

	/**
	 * Return how many queries were seen that ran while rows of their tables were pending.
	 * @return the number of queries
	 */
	long getStaleQueries();

	/**
	 * Return the number of entries.
	 * @return the number, roughly
	 */
	long getEstimatedSize();

	/**
	 * Return the most entries, or their largest weight.
	 * @return the limit, or {@code null} if there is none
	 */
	@Nullable Long getMaximumSize();

}
