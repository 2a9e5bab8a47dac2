package io.cachepolicy.cache;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.WriteNotRecordedException;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.StoreSession;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.spi.WritingCall;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.PreparedWrite;
import io.cachepolicy.transaction.Transactions;

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

	private final StoreWrites storeWrites;

	Writes(CacheCore core) {
		this.core = core;
		this.storeWrites = new StoreWrites(core);
	}

	/**
	 * Write one value.
	 * @param policy the policy
	 * @param key the key
	 * @param value the value
	 */
	void write(WritePolicy policy, Object key, Object value) {
		BackingStore store = this.core.store();
		if (store == null || this.core.effective(policy) != WritePolicy.WRITE_BACK || Transactions.isActive()
				|| generatesKeys(store, value)) {
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
			finish(write(store, policy, entries, WriteMode.NOW));
		}
		else if (entries.values().stream().anyMatch((value) -> generatesKeys(store, value))) {
			// Stored as what finds no room is, and cached
			finish(write(store, WritePolicy.WRITE_THROUGH, entries, WriteMode.NOW_FOR_DEFERRED));
		}
		else if (Transactions.isActive()) {
			finish(prepare(store, entries));
		}
		else {
			defer(store, entries);
		}
	}

	/**
	 * Defer values until the transaction has committed, unless it is about to store one
	 * of the rows by itself: that would outdate the value, which is newer. Nor is a value
	 * deferred whose row the transaction has removed without the cache, as a flush would
	 * not know of that.
	 * @param store the store
	 * @param entries the values by key
	 * @return what is left to do
	 */
	private PreparedWrite prepare(BackingStore store, Map<Object, Object> entries) {
		WritingCall.writes(store, entries.keySet());
		StoreSession session = store.session();
		if (!session.isManual() && entries.keySet().stream().anyMatch(session::isRemoved)) {
			store.storeChanges();
		}
		boolean stored = entries.entrySet()
			.stream()
			.anyMatch((entry) -> isOverChange(session, entry.getKey(), entry.getValue())
					|| isOverRemoved(entry.getKey(), entry.getValue()));
		return (stored) ? write(store, WritePolicy.WRITE_THROUGH, entries, WriteMode.NOW_FOR_DEFERRED)
				: new DeferredWrite(this.core, this.storeWrites, store, entries);
	}

	private StoredWrite write(BackingStore store, WritePolicy policy, Map<Object, Object> entries, WriteMode mode) {
		DeferredWrite.storeHolders(this.core, null);
		return this.storeWrites.write(store, policy, entries, mode);
	}

	private static boolean isOverChange(StoreSession session, Object key, Object value) {
		return (Absent.is(value) || !session.isManaged(value)) && session.isChanged(key) && !session.isManual();
	}

	private boolean isOverRemoved(Object key, Object value) {
		CacheTransaction transaction = CacheTransaction.current(this.core);
		return !Absent.is(value) && transaction != null && transaction.find(key) == PreparedWrite.IN_STORE
				&& transaction.isOverwriting(key);
	}

	static boolean generatesKeys(BackingStore store, Object value) {
		return !Absent.is(value) && store.generatesKeysFor(value);
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
		finish(this.storeWrites.insert(store, policy, value, WriteMode.NOW));
	}

	/**
	 * Write a value under its own key, as a repository saves it.
	 * @param store the store
	 * @param requested the policy
	 * @param value the value
	 * @param mode how it is stored if it is not deferred
	 * @return the stored instance, or the value if it is deferred
	 */
	Object save(BackingStore store, WritePolicy requested, Object value, WriteMode mode) {
		WritePolicy policy = this.core.effective(requested);
		Object key = store.keys().keyOf(value);
		if (key == null) {
			StoredWrite inserted = this.storeWrites.insert(store, policy, value, mode);
			finish(inserted);
			return inserted.stored().values().iterator().next();
		}
		if (isDeferred(policy) && !generatesKeys(store, value)) {
			defer(store, key, value);
			return value;
		}
		return store(store, policy, Collections.singletonMap(key, value), mode).getOrDefault(key, value);
	}

	/**
	 * Store values now, whatever the policy.
	 * @param store the store
	 * @param policy the policy, which decides whether they are cached
	 * @param entries the values by key
	 * @param mode how they are stored
	 * @return the stored instances by key
	 */
	Map<Object, Object> store(BackingStore store, WritePolicy policy, Map<Object, Object> entries, WriteMode mode) {
		StoredWrite stored = write(store, policy, entries, mode);
		finish(stored);
		return stored.stored();
	}

	/**
	 * Defer values.
	 * @param store the store
	 * @param entries the values by key
	 */
	void deferAll(BackingStore store, Map<Object, Object> entries) {
		if (!entries.isEmpty()) {
			defer(store, entries);
		}
	}

	/**
	 * Let the application delete rows itself, in its transaction or in one of its own.
	 * @param store the store
	 * @param policy the policy
	 * @param keys the keys
	 * @param call deletes them
	 */
	void delete(BackingStore store, WritePolicy policy, Collection<Object> keys, Runnable call) {
		DeferredWrite.storeHolders(this.core, null);
		finish(this.storeWrites.delete(store, policy, keys, call));
	}

	/**
	 * Return whether a write is deferred at once.
	 * @param policy the policy
	 * @return {@code false} too if a transaction has to commit first
	 */
	boolean isDeferred(WritePolicy policy) {
		return this.core.effective(policy) == WritePolicy.WRITE_BACK && !Transactions.isActive();
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
			finish(new DeferredWrite(this.core, this.storeWrites, store, letter, value));
			return true;
		}
		// Before room is taken, as it may fail
		Object copy = (Absent.is(value)) ? value : this.core.isolate(value);
		PendingWrites.Reservation reservation = this.core.pending(store).reserve(Map.of(letter.key(), copy), true);
		if (reservation == null) {
			defer(store, letter.key(), value);
			return true;
		}
		try {
			return this.core.replay(reservation, letter, copy);
		}
		finally {
			reservation.cancel();
			this.core.changes().written();
		}
	}

	private void defer(BackingStore store, Object key, Object value) {
		WritingCall.writes(store, List.of(key));
		try {
			if (!offer(this.core.pending(store), key, value)) {
				writeThrough(store, Map.of(key, value));
			}
		}
		finally {
			// Also if it was accepted, and then something failed
			this.core.changes().written();
		}
	}

	private void defer(BackingStore store, Map<Object, Object> entries) {
		WritingCall.writes(store, entries.keySet());
		try {
			Map<Object, Object> rejected = offer(this.core.pending(store), entries);
			if (!rejected.isEmpty()) {
				writeThrough(store, rejected);
			}
		}
		finally {
			// Also if only some were accepted
			this.core.changes().written();
		}
	}

	private Map<Object, Object> offer(PendingWrites pending, Map<Object, Object> entries) {
		Map<Object, Object> rejected = new LinkedHashMap<>();
		try {
			entries.forEach((key, value) -> {
				if (!offer(key, value, pending::offerUnforced)) {
					rejected.put(key, value);
				}
			});
		}
		catch (Throwable ex) {
			// Those before it are accepted
			pending.force();
			throw ex;
		}
		return (pending.force()) ? rejected : entries;
	}

	private boolean offer(PendingWrites pending, Object key, Object value) {
		return offer(key, value, pending::offer);
	}

	private boolean offer(Object key, Object value, BiPredicate<Object, Object> acceptance) {
		long stamp = this.core.tier().stamp(key);
		Object copy = (Absent.is(value)) ? value : this.core.isolate(value);
		boolean accepted;
		try {
			accepted = acceptance.test(key, copy);
		}
		catch (Throwable ex) {
			if (!(ex instanceof WriteRefusedException) || ex instanceof WriteNotRecordedException) {
				// It may be pending, whatever the caller makes of it
				this.core.tier().evict(key);
			}
			throw ex;
		}
		if (accepted) {
			this.core.publish(key, copy, stamp);
		}
		return accepted;
	}

	private void writeThrough(BackingStore store, Map<Object, Object> rejected) {
		this.storeWrites.write(store, WritePolicy.WRITE_THROUGH, rejected, WriteMode.FLUSH).complete();
	}

	private void finish(PreparedWrite write) {
		if (Transactions.isActive()) {
			CacheTransaction.add(this.core, write);
			// The writer is to see derived values that follow from its write
			this.core.changes().written();
		}
		else {
			write.complete();
		}
	}

}
