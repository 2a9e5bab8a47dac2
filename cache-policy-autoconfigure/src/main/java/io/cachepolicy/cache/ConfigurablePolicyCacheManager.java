package io.cachepolicy.cache;

import java.time.Duration;
import java.util.function.Consumer;

import io.cachepolicy.FlushReport;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCacheManager;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PolicyCacheManager} that can be told what an application uses, started and
 * stopped. Thread-safe.
 */
public interface ConfigurablePolicyCacheManager extends PolicyCacheManager {

	@Override
	@Nullable ManagedPolicyCache getCache(String name);

	/**
	 * Create a cache that annotations name, unless it exists.
	 * @param name the name of the cache
	 * @param origin what names it
	 * @throws InvalidPolicyCacheException if there can be no cache of that name
	 */
	void declare(String name, String origin);

	/**
	 * Suggest the type of a cache's values, by which its store is found if none is
	 * configured.
	 * @param name the name of the cache
	 * @param valueType the type
	 * @param origin the method that suggests it
	 */
	void infer(String name, Class<?> valueType, String origin);

	/**
	 * Find the stores of all caches.
	 * @throws InvalidPolicyCacheException if the settings or the methods of one name a
	 * store that does not exist, or several
	 */
	void validate();

	/**
	 * Tell of every cache: of those that exist now, and of others when they are created.
	 * A cache that is created meanwhile may be told of twice.
	 * @param listener given the caches
	 */
	void forEachCache(Consumer<ManagedPolicyCache> listener);

	/**
	 * Let the caches defer writes, again after {@link #stop}.
	 */
	void start();

	/**
	 * Let the caches defer no more writes, and store what is pending. All caches are
	 * flushed at the same time.
	 * @param timeout the longest to wait
	 * @return what became of the pending writes
	 */
	FlushReport stop(Duration timeout);

}
