package io.cachepolicy.cluster;

/**
 * The types of what is told of caches. No bytes that are received become instances of
 * other classes.
 */
@FunctionalInterface
public interface KeyTypes {

	/**
	 * Return the type of the keys of a cache.
	 * @param cacheName the name of the cache
	 * @return the type, {@code Object} if it is not known
	 */
	Class<?> ofKeys(String cacheName);

	/**
	 * Return the type of the ids of parts that entries of a cache may hold.
	 * @param cacheName the name of the cache
	 * @param kind the kind of the parts
	 * @return the type, {@code Object} if it is not known
	 */
	default Class<?> ofParts(String cacheName, String kind) {
		return Object.class;
	}

}
