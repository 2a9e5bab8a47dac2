package io.cachepolicy.interceptor;

import java.util.function.UnaryOperator;

import io.cachepolicy.cache.ForwardingCache;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.util.ObjectUtils;

/**
 * Marks a view that writes to the store or removes from it, so that its failures are not
 * taken for those of a cache that one could do without.
 */
final class WritingCache extends ForwardingCache {

	private final UnaryOperator<@Nullable Object> valueOf;

	WritingCache(Cache view) {
		this(view, ObjectUtils::unwrapOptional);
	}

	/**
	 * Create a view.
	 * @param view the view that writes
	 * @param valueOf converts what a method returned to the value to write
	 */
	WritingCache(Cache view, UnaryOperator<@Nullable Object> valueOf) {
		super(view);
		this.valueOf = valueOf;
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		super.put(key, this.valueOf.apply(value));
	}

}
