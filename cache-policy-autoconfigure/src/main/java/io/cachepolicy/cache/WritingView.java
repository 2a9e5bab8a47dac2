package io.cachepolicy.cache;

import java.util.function.Consumer;

import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

/**
 * A view for one invocation of a method that writes.
 */
final class WritingView extends CacheView {

	private final WritePolicy policy;

	private final boolean keyOfValue;

	private final Consumer<@Nullable Object> afterWrite;

	WritingView(CaffeinePolicyCache cache, WritePolicy policy, boolean keyOfValue,
			Consumer<@Nullable Object> afterWrite) {
		super(cache);
		this.policy = policy;
		this.keyOfValue = keyOfValue;
		this.afterWrite = afterWrite;
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		if (value != null && this.keyOfValue) {
			cache().put(this.policy, value);
		}
		else {
			cache().put(this.policy, key, value);
		}
		if (value != null) {
			this.afterWrite.accept(value);
		}
	}

	@Override
	public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		return cache().putIfAbsent(this.policy, key, value);
	}

}
