package io.cachepolicy.cache;

import java.util.function.Consumer;

import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;

/**
 * A view for one invocation of a method that removes.
 */
final class RemovingView extends CacheView {

	private final WritePolicy policy;

	private final Consumer<@Nullable Object> afterRemove;

	RemovingView(Cache cache, CacheOperations operations, WritePolicy policy, Consumer<@Nullable Object> afterRemove) {
		super(cache, operations);
		this.policy = policy;
		this.afterRemove = afterRemove;
	}

	@Override
	public void evict(Object key) {
		if (operations().isCalledByStore()) {
			return;
		}
		operations().remove(this.policy, key);
		this.afterRemove.accept(null);
	}

	@Override
	public boolean evictIfPresent(Object key) {
		evict(key);
		return false;
	}

}
