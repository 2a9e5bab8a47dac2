package io.cachepolicy.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.PreparedWrite;
import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Writes of one cache, by any policy. A value of {@link Absent#VALUE} removes.
 * <p>
 * Inside a transaction a write is {@link PreparedWrite prepared} and completed by the
 * {@link CacheTransaction}; outside of one it is completed at once. No lock is held while
 * the store is called; overlapping writes of a key are told apart by its
 * {@link CacheTier#stamp stamp}.
 */
final class Writes {

	private final CacheCore core;

	Writes(CacheCore core) {
		this.core = core;
	}

	/**
	 * Write one value.
	 * @param policy the policy
	 * @param key the key
	 * @param value the value
	 */
	void write(WritePolicy policy, Object key, Object value) {
		BackingStore store = this.core.store();
		if (store == null || this.core.effective(policy) != WritePolicy.WRITE_BACK || Transactions.isActive()) {
			// Costs less to look at than an immutable map of any size
			write(policy, Collections.singletonMap(key, value));
		}
		else {
			defer(store, key, value);
		}
	}

	/**
	 * Write values.
	 * @param requested the policy
	 * @param entries the values by key
	 */
	void write(WritePolicy requested, Map<Object, Object> entries) {
		WritePolicy policy = this.core.effective(requested);
		BackingStore store = this.core.store();
		if (store == null) {
			finish(new PlainWrite(this.core, entries));
		}
		else if (policy != WritePolicy.WRITE_BACK) {
			finish(storeNow(store, policy, entries, (puts) -> save(store, puts)));
		}
		else if (Transactions.isActive()) {
			finish(new DeferredWrite(this.core, this, store, entries));
		}
		else {
			defer(store, entries);
		}
	}

	/**
	 * Defer the write of a dead letter once more, unless a newer write of its key was
	 * accepted. In a transaction that is found out when it has committed.
	 * @param store the store
	 * @param letter the dead letter
	 * @param value the value
	 * @return whether the write is accepted, or will be unless a newer one comes
	 */
	boolean replay(BackingStore store, DeadLetter letter, Object value) {
		if (Transactions.isActive()) {
			finish(new DeferredWrite(this.core, this, store, letter, value));
			return true;
		}
		PendingWrites deferred = this.core.deferred(store);
		// Before room is taken, as it may fail
		Object copy = (Absent.is(value)) ? value : this.core.isolate(value);
		if (!deferred.reserve(1)) {
			defer(store, letter.key(), value);
			return true;
		}
		try {
			return accept(deferred, letter, copy);
		}
		finally {
			this.core.changed();
		}
	}

	/**
	 * Defer the write of a dead letter, for which room was reserved, and show it.
	 * @param deferred the deferred writes
	 * @param letter the dead letter
	 * @param value the value in stored form
	 * @return whether there was no newer one
	 */
	boolean accept(PendingWrites deferred, DeadLetter letter, Object value) {
		long stamp = this.core.tier().stamp(letter.key());
		boolean accepted = deferred.accept(letter, value);
		if (accepted) {
			publish(letter.key(), value, stamp);
		}
		return accepted;
	}

	/**
	 * Write a value whose key the store generates: at once, whatever the policy, as its
	 * key has to be known.
	 * @param policy the policy
	 * @param value the value
	 */
	void insert(WritePolicy policy, Object value) {
		BackingStore store = this.core.store();
		if (store == null) {
			throw this.core.withoutStore("generate keys");
		}
		long begin = Transactions.tick();
		Object stored = this.core.observe(policy, 1, () -> store.save(null, value));
		Object key = store.keyOf(stored);
		if (key == null) {
			throw new IllegalStateException(
					"The store of cache '%s' did not generate a key".formatted(this.core.name()));
		}
		long stamp = this.core.tier().stampOfInsert(key, begin);
		finish(stored(store, policy, Map.of(key, stored), new Stamps(key, stamp), null));
	}

	private StoredWrite stored(BackingStore store, WritePolicy policy, Map<Object, Object> values, Stamps stamps,
			PendingWrites.@Nullable Hold hold) {
		Map<Object, Object> own = values;
		if (Transactions.isActive()) {
			// Published later: a managed value as it is then, any other one as it is now
			own = new LinkedHashMap<>(values);
			own.replaceAll(
					(key, value) -> (Absent.is(value) || store.isManaged(value)) ? value : this.core.isolate(value));
		}
		if (Transactions.isOuter(store.transactionManager())) {
			// Not to be cached before the outer transaction ends, which may roll back
			Transactions.addToOuter(store.transactionManager(),
					new StoredWrite(this.core, WritePolicy.WRITE_AROUND, own, stamps, hold));
			return new StoredWrite(this.core, WritePolicy.WRITE_AROUND, own, stamps, null);
		}
		return new StoredWrite(this.core, policy, own, stamps, hold);
	}

	/**
	 * Write deferred values through in the caller's transaction.
	 * @param store the store
	 * @param entries the values by key
	 * @return what is left to do
	 */
	PreparedWrite storeInTransaction(BackingStore store, Map<Object, Object> entries) {
		return storeNow(store, WritePolicy.WRITE_THROUGH, entries, store::saveDeferred);
	}

	/**
	 * Store values in the caller's transaction, or in one of their own. Pending writes of
	 * their keys are held until the outcome is known.
	 * @param store the store
	 * @param policy decides whether the values are cached
	 * @param entries the values by key
	 * @param puts stores those that are no removals
	 * @return what is left to do
	 */
	private PreparedWrite storeNow(BackingStore store, WritePolicy policy, Map<Object, Object> entries,
			UnaryOperator<Map<Object, Object>> puts) {
		Stamps stamps = stamps(entries.keySet());
		// Where writes are deferred, also before the first one: it is not to pass this
		// one by
		boolean defers = this.core.effective(this.core.spec().policy()) == WritePolicy.WRITE_BACK;
		PendingWrites deferred = (defers) ? this.core.deferred(store) : this.core.deferred();
		PendingWrites.Hold hold = (deferred != null) ? deferred.hold(entries.keySet()) : null;
		try {
			Map<Object, Object> values = this.core.observe(policy, entries.size(), () -> store(store, entries, puts));
			return stored(store, policy, values, stamps, hold);
		}
		catch (Throwable ex) {
			if (hold != null) {
				hold.release();
			}
			// A commit may have failed after the store had the value
			entries.keySet().forEach(this.core.tier()::evict);
			throw ex;
		}
	}

	private Map<Object, Object> store(BackingStore store, Map<Object, Object> entries,
			UnaryOperator<Map<Object, Object>> puts) {
		if (entries.size() == 1) {
			return storeOne(store, entries, puts);
		}
		Map<Object, Object> values = new LinkedHashMap<>(entries);
		List<Object> removals = entries.keySet().stream().filter((key) -> Absent.is(entries.get(key))).toList();
		values.keySet().removeAll(removals);
		if (!removals.isEmpty()) {
			store.deleteAll(removals);
		}
		Map<Object, Object> overRemovals = removed(values);
		values.keySet().removeAll(overRemovals.keySet());
		Map<Object, Object> result = new LinkedHashMap<>(entries);
		if (!overRemovals.isEmpty()) {
			result.putAll(store.saveOver(overRemovals));
		}
		if (!values.isEmpty()) {
			result.putAll(puts.apply(values));
		}
		return result;
	}

	private Map<Object, Object> storeOne(BackingStore store, Map<Object, Object> entry,
			UnaryOperator<Map<Object, Object>> put) {
		Object key = entry.keySet().iterator().next();
		if (Absent.is(entry.get(key))) {
			store.deleteAll(entry.keySet());
			return entry;
		}
		Map<Object, Object> stored = (!removed(entry).isEmpty()) ? store.saveOver(entry) : put.apply(entry);
		return stored.containsKey(key) ? stored : entry;
	}

	/**
	 * Return what the caller reads as removed although its row may be there: the last
	 * write that is not stored is a removal.
	 * @param values the values by key
	 * @return those whose key is removed
	 */
	private Map<Object, Object> removed(Map<Object, Object> values) {
		CacheTransaction transaction = CacheTransaction.current(this.core);
		PendingWrites deferred = this.core.deferred();
		if (transaction == null && deferred == null) {
			return Map.of();
		}
		Map<Object, Object> removed = new LinkedHashMap<>(values);
		removed.keySet().removeIf((key) -> !isRemoved(key, transaction, deferred));
		return removed;
	}

	private static boolean isRemoved(Object key, @Nullable CacheTransaction transaction,
			@Nullable PendingWrites deferred) {
		Object own = (transaction != null) ? transaction.find(key) : null;
		Object last = (own == null && deferred != null) ? deferred.find(key) : own;
		return Absent.is(last);
	}

	private Map<Object, Object> save(BackingStore store, Map<Object, Object> values) {
		if (values.size() > 1) {
			return store.saveAll(values);
		}
		Map.Entry<Object, Object> entry = values.entrySet().iterator().next();
		return Collections.singletonMap(entry.getKey(), store.save(entry.getKey(), entry.getValue()));
	}

	private void defer(BackingStore store, Object key, Object value) {
		try {
			if (!offer(this.core.deferred(store), key, value)) {
				writeThrough(store, Map.of(key, value));
			}
		}
		finally {
			// Also if it was accepted, and then something failed
			this.core.changed();
		}
	}

	private void defer(BackingStore store, Map<Object, Object> entries) {
		try {
			Map<Object, Object> rejected = offer(this.core.deferred(store), entries);
			if (!rejected.isEmpty()) {
				writeThrough(store, rejected);
			}
		}
		finally {
			// Also if only some were accepted
			this.core.changed();
		}
	}

	private Map<Object, Object> offer(PendingWrites deferred, Map<Object, Object> entries) {
		Map<Object, Object> rejected = new LinkedHashMap<>();
		entries.forEach((key, value) -> {
			if (!offer(deferred, key, value)) {
				rejected.put(key, value);
			}
		});
		return rejected;
	}

	private boolean offer(PendingWrites deferred, Object key, Object value) {
		long stamp = this.core.tier().stamp(key);
		Object copy = (Absent.is(value)) ? value : this.core.isolate(value);
		boolean accepted = deferred.offer(key, copy);
		if (accepted) {
			publish(key, copy, stamp);
		}
		return accepted;
	}

	private void writeThrough(BackingStore store, Map<Object, Object> rejected) {
		storeNow(store, WritePolicy.WRITE_THROUGH, rejected, store::flushAll).complete();
	}

	/**
	 * Show a write to everyone.
	 * @param key the key
	 * @param value the value in stored form
	 * @param stamp the key's stamp before the write
	 */
	void publish(Object key, Object value, long stamp) {
		if (Absent.is(value)) {
			this.core.tier().evict(key);
		}
		else {
			this.core.tier().publish(key, value, stamp);
		}
	}

	private void finish(PreparedWrite write) {
		if (Transactions.isActive()) {
			CacheTransaction.add(this.core, write);
			// The writer is to see derived values that follow from its write
			this.core.changed();
		}
		else {
			write.complete();
		}
	}

	private Stamps stamps(Set<Object> keys) {
		if (keys.size() > 1) {
			return new Stamps(this.core.tier(), keys);
		}
		Object key = keys.iterator().next();
		return new Stamps(key, this.core.tier().stamp(key));
	}

	/**
	 * Do something with each of some written values. The failure of one, in code of the
	 * application that Caffeine calls, does not keep others from being written.
	 * @param values the values by key
	 * @param action the action
	 */
	static void forEach(Map<Object, Object> values, BiConsumer<Object, Object> action) {
		List<Throwable> failures = new ArrayList<>(0);
		values.forEach((key, value) -> {
			try {
				action.accept(key, value);
			}
			catch (Throwable ex) {
				failures.add(ex);
			}
		});
		if (!failures.isEmpty()) {
			Throwable first = failures.get(0);
			failures.stream().skip(1).filter((other) -> other != first).forEach(first::addSuppressed);
			ReflectionUtils.rethrowRuntimeException(first);
		}
	}

}
