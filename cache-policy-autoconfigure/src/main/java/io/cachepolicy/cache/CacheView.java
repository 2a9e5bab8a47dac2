package io.cachepolicy.cache;

/**
 * A view of a cache of this package.
 */
abstract class CacheView extends ForwardingCache {

	private final CaffeinePolicyCache cache;

	CacheView(CaffeinePolicyCache cache) {
		super(cache);
		this.cache = cache;
	}

	final CaffeinePolicyCache cache() {
		return this.cache;
	}

}
