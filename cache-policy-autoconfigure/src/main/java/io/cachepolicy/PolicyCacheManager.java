package io.cachepolicy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.CacheManager;

/**
 * The manager of the {@link PolicyCache policy caches} of an application.
 * <p>
 * Declared caches exist from the start. Others are created when they are first asked for,
 * with the settings of {@code cache-policy.defaults}, unless
 * {@code spring.cache.cache-names} limits the names.
 */
public interface PolicyCacheManager extends CacheManager {

	@Override
	@Nullable PolicyCache getCache(String name);

	/**
	 * Flush all caches at the same time, as {@link PolicyCache#flush(Duration)} does for
	 * one: a slow store does not hold up caches of others.
	 * @param timeout the longest to wait for all of them
	 * @return the sums over all caches
	 */
	FlushReport flush(Duration timeout);

	/**
	 * Drop what the caches hold of an entity, as rows of it were changed where nobody can
	 * see it: by JDBC, a trigger or another process. In a transaction they are dropped
	 * once more when it has ended. Pending writes stay pending.
	 * @param entity the entity
	 */
	void invalidate(Class<?> entity);

}
