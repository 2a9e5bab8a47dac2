package io.cachepolicy;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The store behind a cache whose values are not JPA entities. Define it as a bean with
 * the name of its cache, or name the bean in {@code cache-policy.caches.<name>.store}.
 * <p>
 * Implementations have to be thread-safe. For one key, no two deferred writes are under
 * way at a time. Calls run in the caller's transaction if there is one; deferred writes
 * run without one, so that a store that needs a transaction starts it. A call that throws
 * is taken to have stored nothing; a store that can succeed in part says so with a
 * {@link PartialWriteException}. Failures should be of Spring's
 * {@link org.springframework.dao.DataAccessException} hierarchy, by which a store that is
 * away is told from a value that is refused.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public interface CacheStore<K, V> {

	/**
	 * Load the value of a key.
	 * @param key the key
	 * @return the value, or {@code null} if there is none
	 */
	@Nullable V load(K key);

	/**
	 * Load the values of many keys. The default loads one after the other.
	 * @param keys the keys
	 * @return the values found, by key
	 */
	default Map<K, V> loadAll(Collection<? extends K> keys) {
		Map<K, V> values = new LinkedHashMap<>();
		for (K key : keys) {
			V value = load(key);
			if (value != null) {
				values.put(key, value);
			}
		}
		return values;
	}

	/**
	 * Store values: insert or replace.
	 * @param entries the values by key, to be left as they are
	 * @return what the store holds now, by the same keys: the given values, or others if
	 * the store changes what it stores
	 * @throws PartialWriteException if only some entries were stored
	 */
	Map<K, V> saveAll(Map<K, V> entries);

	/**
	 * Delete values. Deleting what does not exist is no error.
	 * @param keys the keys
	 * @throws PartialWriteException if only some keys were deleted
	 */
	void deleteAll(Collection<? extends K> keys);

}
