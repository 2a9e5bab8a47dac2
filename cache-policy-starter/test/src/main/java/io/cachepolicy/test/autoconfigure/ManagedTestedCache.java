package io.cachepolicy.test.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteStatus;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.test.TestedCache;

/**
 * The {@link TestedCache} of a {@link ManagedPolicyCache}.
 */
class ManagedTestedCache implements TestedCache {

	private static final int LETTERS = 10;

	private final ManagedPolicyCache cache;

	private final StoreCallCounter counter;

	private volatile long writtenBefore;

	/**
	 * Create an instance.
	 * @param cache the cache
	 * @param counter counts the store calls of all caches
	 */
	ManagedTestedCache(ManagedPolicyCache cache, StoreCallCounter counter) {
		this.cache = cache;
		this.counter = counter;
	}

	@Override
	public PolicyCache getCache() {
		return this.cache;
	}

	@Override
	public Set<Object> getPendingKeys() {
		PendingWrites pending = this.cache.findPendingWrites();
		return (pending != null) ? pending.keys() : Set.of();
	}

	@Override
	public Object toKey(Object key) {
		BackingStore store = this.cache.findStore();
		return (store != null) ? store.keys().toKey(key) : key;
	}

	@Override
	public long getStoreCalls() {
		return this.counter.calls(this.cache.getName());
	}

	@Override
	public long getWrittenRows() {
		return this.counter.rows(this.cache.getName()) + flushedRows() - this.writtenBefore;
	}

	private long flushedRows() {
		PendingWrites pending = this.cache.findPendingWrites();
		return (pending != null) ? pending.counts().written() : 0;
	}

	void beginCount() {
		this.writtenBefore = flushedRows();
	}

	/**
	 * Drop pending writes as if the store had newer values, after those that are on their
	 * way, and dead letters.
	 */
	void dropWrites() {
		PendingWrites pending = this.cache.findPendingWrites();
		if (pending != null) {
			pending.hold(pending.keys(), true).supersede((key) -> null);
			pending.deadLetters().forEach(pending::discard);
		}
	}

	/**
	 * Tell why writes are not in the store.
	 * @return a sentence per problem
	 */
	List<String> describeProblems() {
		List<String> problems = new ArrayList<>();
		List<DeadLetter> letters = this.cache.deadLetters();
		letters.stream().limit(LETTERS).map(ManagedTestedCache::describe).forEach(problems::add);
		if (letters.size() > LETTERS) {
			problems.add("Cache '%s': %d more dead letters".formatted(this.cache.getName(), letters.size() - LETTERS));
		}
		Set<Object> keys = getPendingKeys();
		if (!keys.isEmpty()) {
			problems.add("Cache '%s': still pending are the keys %s%s".formatted(this.cache.getName(), keys,
					describeLastFailure()));
		}
		return problems;
	}

	private static String describe(DeadLetter letter) {
		return "Cache '%s': key [%s] became a dead letter after %d attempt(s): %s".formatted(letter.cache(),
				letter.key(), letter.attempts(), letter.reason());
	}

	private String describeLastFailure() {
		PendingWrites pending = this.cache.findPendingWrites();
		WriteStatus.LastFailure failure = (pending != null) ? pending.status().lastFailure() : null;
		return (failure != null) ? "; the last failure was " + failure.reason()
				: "; no store call failed, is one blocked, for example by a lock of another transaction?";
	}

}
