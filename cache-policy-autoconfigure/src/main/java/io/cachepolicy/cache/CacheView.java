package io.cachepolicy.cache;

import org.springframework.cache.Cache;

/**
 * A view of a cache of this package.
 */
abstract class CacheView extends ForwardingCache {

	private final CacheOperations operations;

	/**
	 * Create a view.
	 * @param cache the cache
	 * @param operations what can be done with it
	 */
	CacheView(Cache cache, CacheOperations operations) {
		super(cache);
		this.operations = operations;
	}

	final CacheOperations operations() {
		return this.operations;
	}

}
