package io.cachepolicy.interceptor;

import io.cachepolicy.cache.ForwardingCache;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.util.ObjectUtils;

/**
 * Marks a view that writes to the store or removes from it, so that its failures are not
 * taken for those of a cache that one could do without.
 */
final class WritingCache extends ForwardingCache {

	WritingCache(Cache view) {
		super(view);
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		super.put(key, ObjectUtils.unwrapOptional(value));
	}

}
