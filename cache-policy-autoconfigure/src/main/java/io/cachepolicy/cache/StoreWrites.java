package io.cachepolicy.cache;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.cachepolicy.PartialWriteException;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.FlushGate;
import io.cachepolicy.spi.StoreSession;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.Transactions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes of one cache that go to the store at once. What is left to do for them is a
 * {@link StoredWrite}. No lock is held while the store is called.
 */
final class StoreWrites {

	private static final Log logger = LogFactory.getLog(StoreWrites.class);

	private final CacheCore core;

	StoreWrites(CacheCore core) {
		this.core = core;
	}

	/**
	 * Store values in the caller's transaction, or in one of their own. Pending writes of
	 * their keys are held until the outcome is known.
	 * @param store the store
	 * @param policy decides whether the values are cached
	 * @param entries the values by key, {@link Absent#VALUE} for removals
	 * @param mode how those are stored that are no removals
	 * @return what is left to do
	 */
	StoredWrite write(BackingStore store, WritePolicy policy, Map<Object, Object> entries, WriteMode mode) {
		return write(store, policy, entries, mode == WriteMode.JOINED, (joined, written) -> store(store, entries,
				(mode == WriteMode.JOINED && !joined) ? WriteMode.NOW : mode, written));
	}

	/**
	 * Store what the caller's transaction has deferred, before it has committed. Rows
	 * that it has not loaded are not loaded by that: what it does to them next, its
	 * session does not see. Nor does a session that does not flush by itself: it would
	 * have to flush all that it has.
	 * @param store the store
	 * @param entries the values by key, {@link Absent#VALUE} for removals
	 * @return what is left to do
	 */
	StoredWrite writeDeferred(BackingStore store, Map<Object, Object> entries) {
		return write(store, WritePolicy.WRITE_THROUGH, entries, false, (joined, written) -> {
			Map<Object, Object> loaded = new LinkedHashMap<>(entries);
			loaded.keySet().removeIf((key) -> !isKnown(store.session(), key) && !isOverRemoved(key));
			Map<Object, Object> ahead = new LinkedHashMap<>(entries);
			ahead.keySet().removeAll(loaded.keySet());
			Map<Object, Object> stored = (ahead.isEmpty()) ? ahead : store.writeAhead(ahead, FlushGate.OPEN);
			if (stored != null) {
				written.putAll(stored);
			}
			store(store, (stored != null) ? loaded : entries, WriteMode.NOW_FOR_DEFERRED, written);
		});
	}

	private static boolean isKnown(StoreSession session, Object key) {
		return session.isLoaded(key) && !session.isManual();
	}

	/**
	 * Let the application delete rows itself, as {@link #write} does.
	 * @param store the store
	 * @param policy the policy
	 * @param keys the keys of the rows
	 * @param call deletes them
	 * @return what is left to do
	 */
	StoredWrite delete(BackingStore store, WritePolicy policy, Collection<Object> keys, Runnable call) {
		Map<Object, Object> removals = new LinkedHashMap<>();
		keys.forEach((key) -> removals.put(key, Absent.VALUE));
		return write(store, policy, removals, true, (joined, written) -> {
			store.delete(removals.keySet(), call);
			written.putAll(removals);
		});
	}

	private StoredWrite write(BackingStore store, WritePolicy policy, Map<Object, Object> entries, boolean joining,
			StoreCall call) {
		Stamps stamps = stamps(this.core.tier().moment(store), entries.keySet());
		PendingWrites.Hold hold = hold(store, entries.keySet());
		Map<Object, Object> written = new LinkedHashMap<>();
		try {
			boolean joined = joining && Transactions.isActive() && !isAnyPending(entries.keySet());
			this.core.observe(policy, entries.size(), () -> {
				call.run(joined, written);
				return written;
			});
			return stored(store, policy, written, stamps, hold, joined);
		}
		catch (Throwable ex) {
			keepWritten(store, written, stamps);
			if (hold != null) {
				hold.release();
			}
			// A commit may have failed after the store had the value
			this.core.forget(entries.keySet());
			throw ex;
		}
	}

	/**
	 * Return whether something older is to be dropped when a write is committed, which
	 * therefore has to be stored for certain.
	 * @param keys the keys
	 * @return whether something is pending of one of them
	 */
	private boolean isAnyPending(Collection<Object> keys) {
		PendingWrites pending = this.core.pending();
		return pending != null && pending.size() > 0 && keys.stream().anyMatch((key) -> pending.find(key) != null);
	}

	/**
	 * Store what is pending of keys in the caller's transaction, which is about to read
	 * the rows. It stays pending until the outcome is known.
	 * @param store the store
	 * @param pending the pending writes
	 * @param keys the keys
	 * @return whether all of them are stored; if not, none is
	 */
	boolean writeAhead(BackingStore store, PendingWrites pending, Collection<Object> keys) {
		// The parts of what is pending may have changed since it was accepted
		Stamps stamps = stamps(ReadMoment.NEVER, new LinkedHashSet<>(keys));
		PendingWrites.AheadHold hold;
		try {
			hold = pending.holdAhead(keys);
		}
		catch (WriteRefusedException ex) {
			logger.debug("What is pending is on its way to the store", ex);
			return false;
		}
		boolean stored = false;
		try {
			Map<Object, Object> written = hold.write();
			if (written != null) {
				CacheTransaction.add(this.core, stored(store, WritePolicy.WRITE_THROUGH, written, stamps, hold, false));
				stored = true;
			}
		}
		finally {
			if (!stored) {
				hold.release();
			}
		}
		return stored;
	}

	/**
	 * Keep pending writes of keys from being stored over what the store has of a call
	 * that failed in the end.
	 * @param store the store
	 * @param written the values that it has
	 * @param stamps the stamps of the keys
	 */
	private void keepWritten(BackingStore store, Map<Object, Object> written, Stamps stamps) {
		PendingWrites pending = this.core.pending();
		if (written.isEmpty() || pending == null) {
			return;
		}
		PendingWrites.Hold hold = pending.hold(written.keySet(), false);
		StoredWrite kept = stored(store, WritePolicy.WRITE_AROUND, written, stamps, hold, false);
		if (Transactions.isActive()) {
			CacheTransaction.add(this.core, kept);
		}
		else {
			kept.complete();
		}
	}

	/**
	 * Store a value whose key the store generates.
	 * @param store the store
	 * @param policy decides whether the value is cached
	 * @param value the value
	 * @param mode {@link WriteMode#NOW} or {@link WriteMode#JOINED}
	 * @return what is left to do
	 */
	StoredWrite insert(BackingStore store, WritePolicy policy, Object value, WriteMode mode) {
		long begin = Transactions.tick();
		ReadMoment moment = this.core.tier().moment(store);
		boolean joined = mode == WriteMode.JOINED && Transactions.isActive();
		Object stored = this.core.observe(policy, 1, () -> (joined) ? store.insert(mode, value) : store.insert(value));
		Object key = store.keys().keyOf(stored);
		if (key == null) {
			throw new IllegalStateException(
					"The store of cache '%s' did not generate a key".formatted(this.core.name()));
		}
		long stamp = this.core.tier().stampOfInsert(key, begin);
		return stored(store, policy, Map.of(key, stored), new Stamps(key, stamp, moment), null, joined);
	}

	private PendingWrites.@Nullable Hold hold(BackingStore store, Collection<Object> keys) {
		// Where writes are deferred, also before the first one: it is not to pass this
		// one by
		boolean defers = this.core.effective(this.core.spec().policy()) == WritePolicy.WRITE_BACK;
		PendingWrites pending = (defers) ? this.core.pending(store) : this.core.pending();
		return (pending != null) ? pending.hold(keys, !Transactions.isActive() && !this.core.isConnected()) : null;
	}

	private Stamps stamps(ReadMoment moment, Set<Object> keys) {
		if (keys.size() > 1) {
			return new Stamps(this.core.tier(), keys, moment);
		}
		Object key = keys.iterator().next();
		return new Stamps(key, this.core.tier().stamp(key), moment);
	}

	private StoredWrite stored(BackingStore store, WritePolicy policy, Map<Object, Object> values, Stamps stamps,
			PendingWrites.@Nullable Hold hold, boolean joined) {
		Map<Object, Object> own = values;
		if (Transactions.isActive()) {
			// Published later: a managed value as it is then, any other one as it is now
			own = new LinkedHashMap<>(values);
			own.replaceAll((key, value) -> (Absent.is(value) || store.session().isManaged(value)) ? value
					: this.core.isolate(value));
		}
		Object manager = store.traits().transactionManager();
		if (Transactions.isOuter(manager)) {
			// Not to be cached before the outer transaction ends, which may roll back
			Transactions.addToOuter(manager,
					new StoredWrite(this.core, WritePolicy.WRITE_AROUND, own, stamps, hold, joined));
			return new StoredWrite(this.core, WritePolicy.WRITE_AROUND, own, stamps, null, joined);
		}
		return new StoredWrite(this.core, policy, own, stamps, hold, joined);
	}

	/**
	 * Store values, by up to three calls.
	 * @param store the store
	 * @param entries the values by key
	 * @param mode how those are stored that are no removals
	 * @param written takes what is stored, also if a later call fails
	 */
	private void store(BackingStore store, Map<Object, Object> entries, WriteMode mode, Map<Object, Object> written) {
		Map<Object, Object> values = new LinkedHashMap<>(entries);
		Map<Object, Object> removals = new LinkedHashMap<>(entries);
		values.values().removeIf(Absent::is);
		removals.keySet().removeAll(values.keySet());
		Map<Object, Object> overwriting = overwriting(values);
		values.keySet().removeAll(overwriting.keySet());
		call(removals, written, (keys) -> {
			store.deleteAll(keys.keySet());
			return Map.of();
		});
		call(overwriting, written, (puts) -> store.write(WriteMode.NOW_OVER_REMOVED, puts));
		call(values, written, (puts) -> store.write(mode, puts));
	}

	private static void call(Map<Object, Object> entries, Map<Object, Object> written,
			UnaryOperator<Map<Object, Object>> call) {
		if (entries.isEmpty()) {
			return;
		}
		Map<Object, Object> stored;
		try {
			stored = call.apply(entries);
		}
		catch (PartialWriteException ex) {
			Map<Object, Object> part = new LinkedHashMap<>(entries);
			part.keySet().retainAll(ex.getWrittenKeys());
			written.putAll(part);
			throw ex;
		}
		written.putAll(entries);
		written.putAll(stored);
	}

	/**
	 * Return what the caller reads as removed, or as put again, although its old row may
	 * be there: a removal is not stored, or a value is.
	 * @param values the values by key
	 * @return those that are stored over what their rows hold
	 */
	private Map<Object, Object> overwriting(Map<Object, Object> values) {
		CacheTransaction transaction = CacheTransaction.current(this.core);
		PendingWrites pending = this.core.pending();
		if (transaction == null && pending == null) {
			return Map.of();
		}
		Map<Object, Object> overwriting = new LinkedHashMap<>(values);
		overwriting.keySet().removeIf((key) -> !isOverwriting(key, transaction, pending));
		return overwriting;
	}

	private boolean isOverRemoved(Object key) {
		CacheTransaction transaction = CacheTransaction.current(this.core);
		return (transaction == null || !transaction.isStoredLate(key))
				&& isOverwriting(key, transaction, this.core.pending());
	}

	private static boolean isOverwriting(Object key, @Nullable CacheTransaction transaction,
			@Nullable PendingWrites pending) {
		return (transaction != null && transaction.isOverwriting(key))
				|| (pending != null && pending.isOverRemoval(key));
	}

	/**
	 * A call of the store.
	 */
	private interface StoreCall {

		/**
		 * Call the store.
		 * @param joined whether the caller's transaction may send it to the store later
		 * @param written takes what is stored, also if it fails
		 */
		void run(boolean joined, Map<Object, Object> written);

	}

}
