package io.cachepolicy.interceptor;

import org.jspecify.annotations.Nullable;

/**
 * One entry of {@link io.cachepolicy.PolicyCached#evicts}.
 *
 * @param cacheName the cache to evict from
 * @param key the SpEL expression of the key to evict, {@code null} to clear the cache
 */
record EvictExpression(String cacheName, @Nullable String key) {

	private static final String SEPARATOR = "::";

	/**
	 * Parse an entry.
	 * @param entry the name of a cache, or its name and the expression of a key
	 * @return the eviction
	 * @throws IllegalArgumentException if the name or the expression is missing
	 */
	static EvictExpression parse(String entry) {
		int separator = entry.indexOf(SEPARATOR);
		String cacheName = ((separator < 0) ? entry : entry.substring(0, separator)).trim();
		String key = (separator < 0) ? null : entry.substring(separator + SEPARATOR.length()).trim();
		if (cacheName.isEmpty() || (key != null && key.isEmpty())) {
			throw new IllegalArgumentException("'%s' is neither the name of a cache nor 'name::key'".formatted(entry));
		}
		return new EvictExpression(cacheName, key);
	}

}
