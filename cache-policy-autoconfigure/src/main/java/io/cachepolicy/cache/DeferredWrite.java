package io.cachepolicy.cache;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.StoreSession;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.PreparedWrite;
import io.cachepolicy.transaction.PreparedWrite.Overtaken;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A write that is deferred when the caller's transaction has committed. Room for it is
 * reserved before the commit, so that a full buffer fails the transaction; if it is to be
 * written through instead, that happens in the transaction.
 * <p>
 * <b>Invariant.</b> Of the writes of a key in one transaction the last one is what the
 * store ends with, however much room there is for each. What the transaction stores is
 * newer than what it defers, so a managed value, which JPA stores at the commit, takes
 * the place of all that was deferred before; so does a row that it changes without the
 * cache. What comes after the managed instance has changed is not deferred, but written
 * through. Before a statement, whose effect on a value nobody can tell, what was deferred
 * is {@link #storeAll stored}.
 */
final class DeferredWrite implements PreparedWrite {

	private final CacheCore core;

	private final StoreWrites storeWrites;

	private final BackingStore store;

	private final Map<Object, Object> values = new LinkedHashMap<>();

	private final Set<Object> managed = new HashSet<>();

	private final @Nullable DeadLetter letter;

	private PendingWrites.@Nullable Reservation reservation;

	private @Nullable PreparedWrite through;

	private boolean committed;

	/**
	 * Create a write. A managed value is kept as it is, as its state is that of the row
	 * only after the commit; any other one is isolated now.
	 * @param core the cache
	 * @param storeWrites writes through, if that is to be
	 * @param store the store
	 * @param entries the values by key
	 */
	DeferredWrite(CacheCore core, StoreWrites storeWrites, BackingStore store, Map<Object, Object> entries) {
		this(core, storeWrites, store, entries, null);
	}

	/**
	 * Create the write of a dead letter, which gives way to any newer one.
	 * @param core the cache
	 * @param storeWrites writes through, if that is to be
	 * @param store the store
	 * @param letter the dead letter
	 * @param value the value
	 */
	DeferredWrite(CacheCore core, StoreWrites storeWrites, BackingStore store, DeadLetter letter, Object value) {
		this(core, storeWrites, store, Map.of(letter.key(), value), letter);
	}

	private DeferredWrite(CacheCore core, StoreWrites storeWrites, BackingStore store, Map<Object, Object> entries,
			@Nullable DeadLetter letter) {
		this.letter = letter;
		this.core = core;
		this.storeWrites = storeWrites;
		this.store = store;
		entries.forEach((key, value) -> {
			if (!Absent.is(value) && store.session().isManaged(value)) {
				this.managed.add(key);
			}
			this.values.put(key, isFinal(key, value) ? core.isolate(value) : value);
		});
	}

	private boolean isFinal(Object key, Object value) {
		return !Absent.is(value) && !this.managed.contains(key);
	}

	@Override
	public void describe(Map<Object, Object> visible) {
		visible.putAll(this.values);
	}

	@Override
	public void describeRemovals(Set<Object> keys) {
		this.values.forEach((key, value) -> {
			if (Absent.is(value)) {
				keys.add(key);
			}
		});
	}

	/**
	 * Drop what later writes replace. A removal stays before a later put, which it allows
	 * to overwrite what the row holds. A managed value is one that the transaction stores
	 * by itself, whatever becomes of this write: a later change of its row is its own,
	 * but not that of a statement.
	 */
	@Override
	public void overtake(Overtaken later) {
		if (this.through != null) {
			this.through.overtake(later);
			return;
		}
		Set<Object> overtaken = new HashSet<>();
		this.values.forEach((key, value) -> {
			if (later.stored().contains(key)
					|| later.changed().contains((this.managed.contains(key)) ? Overtaken.ANY : key)
					|| (!Absent.is(value) && later.coalescing().contains(key))) {
				overtaken.add(key);
			}
		});
		this.values.keySet().removeAll(overtaken);
		if (this.reservation != null) {
			this.reservation.release(overtaken);
		}
		if (this.core.spec().writeBack().coalesce()) {
			later.coalescing().addAll(this.values.keySet());
		}
		later.stored().addAll(this.managed);
	}

	@Override
	public void beforeCommit() {
		if (this.values.isEmpty()) {
			return;
		}
		this.reservation = reserve();
		if (this.reservation == null) {
			yieldToChanges();
			writeThrough();
		}
	}

	private PendingWrites.@Nullable Reservation reserve() {
		PendingWrites pending = this.core.pending(this.store);
		// A transaction does not wait with what a flush may need: its connection, and the
		// rows that it has locked
		boolean patient = !pending.isIndependent(this.values) || isRelatedToOthers();
		PendingWrites.Reservation reservation = pending.reserve(this.values, patient);
		if (reservation != null && !reservation.promise()) {
			reservation.cancel();
			return null;
		}
		return reservation;
	}

	private void writeThrough() {
		if (this.values.isEmpty()) {
			return;
		}
		this.through = this.storeWrites.write(this.store, WritePolicy.WRITE_THROUGH, this.values,
				WriteMode.NOW_FOR_DEFERRED);
		CacheTransaction transaction = CacheTransaction.current(this.core);
		if (transaction != null) {
			transaction.stored(this.values.keySet());
		}
	}

	/**
	 * Do not write through over what the transaction has changed since, without the
	 * cache, and is about to store.
	 */
	private void yieldToChanges() {
		this.values.keySet().removeIf(this::isChanged);
	}

	/**
	 * Return whether the session is to store another state of a row than a value. What it
	 * deletes, it no longer manages.
	 * @param key the key
	 * @return whether the row was changed, or is to be deleted, since
	 */
	private boolean isChanged(Object key) {
		StoreSession session = this.store.session();
		return session.isChanged(key)
				&& !(this.managed.contains(key) && session.isManaged(Objects.requireNonNull(this.values.get(key))));
	}

	/**
	 * Store what the current transaction has deferred for a cache, and for those whose
	 * rows refer to its rows or are referred to, in the order in which it was deferred.
	 * It is deferred again if the transaction goes back to a savepoint.
	 * @param core the cache
	 */
	static void storeAll(CacheCore core) {
		deferred().filter((write) -> write.core == core || write.isRelatedTo(core)).forEach(DeferredWrite::storeOpen);
	}

	private static Stream<DeferredWrite> deferred() {
		return CacheTransaction.writesOfAllCaches()
			.stream()
			.filter(DeferredWrite.class::isInstance)
			.map(DeferredWrite.class::cast);
	}

	private void storeOpen() {
		Map<Object, Object> open = findOpen();
		if (!open.isEmpty()) {
			CacheTransaction.add(this.core, this.storeWrites.writeDeferred(this.store, open));
		}
	}

	/**
	 * Return what the transaction has neither stored nor replaced since.
	 * @return the values by key
	 */
	private Map<Object, Object> findOpen() {
		CacheTransaction transaction = CacheTransaction.current(this.core);
		if (transaction == null || this.through != null) {
			return Map.of();
		}
		Map<Object, Object> open = new LinkedHashMap<>(this.values);
		open.entrySet()
			.removeIf((entry) -> transaction.find(entry.getKey()) != entry.getValue() || isChanged(entry.getKey()));
		return open;
	}

	/**
	 * Return whether foreign keys may demand an order of these writes and of others that
	 * the transaction deferred: then they are to be deferred as well.
	 * @return whether there are such writes
	 */
	private boolean isRelatedToOthers() {
		return TransactionSynchronizationManager.getResourceMap()
			.keySet()
			.stream()
			.anyMatch((resource) -> resource instanceof CacheCore other && other != this.core && isRelatedTo(other));
	}

	private boolean isRelatedTo(CacheCore core) {
		BackingStore other = core.store();
		if (other == null) {
			return false;
		}
		RowRelations relations = this.store.traits().relations();
		RowRelations others = other.traits().relations();
		return relations.refersTo(others) || others.refersTo(relations);
	}

	@Override
	public void committed() {
		if (this.reservation != null && !this.committed) {
			this.committed = true;
			this.reservation.commit();
		}
	}

	@Override
	public void complete() {
		if (this.through != null) {
			this.through.complete();
		}
		else if (this.reservation != null) {
			PendingWrites.Reservation reservation = this.reservation;
			try {
				committed();
				IndependentSteps.forEach(this.values, (key, value) -> accept(reservation, key, value));
			}
			finally {
				reservation.cancel();
				this.core.changes().written();
			}
		}
	}

	private void accept(PendingWrites.Reservation reservation, Object key, Object value) {
		if (this.letter != null) {
			this.core.replay(reservation, this.letter, value);
			return;
		}
		Object accepted = (this.managed.contains(key)) ? this.core.isolateIfPossible(key, value) : value;
		if (accepted == null) {
			// The transaction stored the managed value by itself
			this.core.forget(List.of(key));
			return;
		}
		long stamp = this.core.tier().stamp(key);
		reservation.accept(key, accepted);
		this.core.publish(key, accepted, stamp);
	}

	@Override
	public void cancel() {
		if (this.through != null) {
			this.through.cancel();
		}
		else if (this.reservation != null) {
			this.reservation.cancel();
		}
		// The transaction may have stored them by itself, if the answer to the commit was
		// lost
		this.core.forget(this.managed);
	}

}
