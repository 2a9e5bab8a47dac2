package io.cachepolicy.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;

/**
 * A view of a cache that writes by another policy.
 */
final class PolicyView extends CacheView implements PolicyCache {

	private final PolicyCache cache;

	private final WritePolicy policy;

	PolicyView(PolicyCache cache, CacheOperations operations, WritePolicy policy) {
		super(cache, operations);
		this.cache = cache;
		this.policy = policy;
	}

	@Override
	public WritePolicy getPolicy() {
		return this.policy;
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		operations().put(this.policy, key, value);
	}

	@Override
	public Cache.@Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		return operations().putIfAbsent(this.policy, key, value);
	}

	@Override
	public Map<Object, Object> getAll(Collection<?> keys) {
		return this.cache.getAll(keys);
	}

	@Override
	public void putAll(Map<?, ?> entries) {
		operations().putAll(this.policy, entries);
	}

	@Override
	public void remove(Object key) {
		operations().remove(this.policy, key);
	}

	@Override
	public PolicyCache withPolicy(WritePolicy policy) {
		return this.cache.withPolicy(policy);
	}

	@Override
	public long pendingWrites() {
		return this.cache.pendingWrites();
	}

	@Override
	public FlushReport flush(Duration timeout) {
		return this.cache.flush(timeout);
	}

	@Override
	public List<DeadLetter> deadLetters() {
		return this.cache.deadLetters();
	}

	@Override
	public boolean replay(DeadLetter letter) {
		return this.cache.replay(letter);
	}

	@Override
	public boolean discard(DeadLetter letter) {
		return this.cache.discard(letter);
	}

}
