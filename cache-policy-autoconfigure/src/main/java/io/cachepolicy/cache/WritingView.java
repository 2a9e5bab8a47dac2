package io.cachepolicy.cache;

import java.util.function.Consumer;

import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;

/**
 * A view for one invocation of a method that writes.
 */
final class WritingView extends CacheView {

	private final WritePolicy policy;

	private final boolean keyOfValue;

	private final Consumer<@Nullable Object> afterWrite;

	WritingView(Cache cache, CacheOperations operations, WritePolicy policy, boolean keyOfValue,
			Consumer<@Nullable Object> afterWrite) {
		super(cache, operations);
		this.policy = policy;
		this.keyOfValue = keyOfValue;
		this.afterWrite = afterWrite;
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		if (operations().isCalledByStore()) {
			return;
		}
		if (value != null) {
			operations().putReturned(this.policy, (this.keyOfValue) ? null : key, value);
		}
		else {
			operations().put(this.policy, key, value);
		}
		if (value != null) {
			this.afterWrite.accept(value);
		}
	}

	@Override
	public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		return operations().putIfAbsent(this.policy, key, value);
	}

}
