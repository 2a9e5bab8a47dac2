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

	private final WritePolicy policy;

	PolicyView(CaffeinePolicyCache cache, WritePolicy policy) {
		super(cache);
		this.policy = policy;
	}

	@Override
	public WritePolicy getPolicy() {
		return this.policy;
	}

	@Override
	public void put(Object key, @Nullable Object value) {
		cache().put(this.policy, key, value);
	}

	@Override
	public Cache.@Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		return cache().putIfAbsent(this.policy, key, value);
	}

	@Override
	public Map<Object, Object> getAll(Collection<?> keys) {
		return cache().getAll(keys);
	}

	@Override
	public void putAll(Map<?, ?> entries) {
		cache().putAll(this.policy, entries);
	}

	@Override
	public void remove(Object key) {
		cache().remove(this.policy, key);
	}

	@Override
	public PolicyCache withPolicy(WritePolicy policy) {
		return cache().withPolicy(policy);
	}

	@Override
	public long pendingWrites() {
		return cache().pendingWrites();
	}

	@Override
	public FlushReport flush(Duration timeout) {
		return cache().flush(timeout);
	}

	@Override
	public List<DeadLetter> deadLetters() {
		return cache().deadLetters();
	}

	@Override
	public boolean replay(DeadLetter letter) {
		return cache().replay(letter);
	}

	@Override
	public boolean discard(DeadLetter letter) {
		return cache().discard(letter);
	}

}
