package io.cachepolicy.cache;

import java.util.Collections;
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
import io.cachepolicy.spi.StoreSession;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.PreparedWrite;
import io.cachepolicy.transaction.PreparedWrite.Overtaken;
import org.jspecify.annotations.Nullable;

/**
 * A write that is deferred when the caller's transaction has committed. Room for it is
 * reserved before the commit, so that a full buffer fails the transaction; if it is to be
 * written through instead, that happens in the transaction.
 * <p>
 * <b>Invariant.</b> Of the writes of a key in one transaction the last one is what the
 * store ends with, however much room there is for each. What the transaction stores is
 * newer than what it defers, so a managed value, which JPA stores at the commit, takes
 * the place of all that was deferred before; so does a row that it changes without the
 * cache, or changes again after the store has joined it. What a manual session does not
 * flush is no change. What comes after the managed instance has changed is not deferred,
 * but written through. Before a statement, whose effect on a value nobody can tell, what
 * was deferred is {@link #storeAll stored}.
 * <p>
 * The same goes for rows that are written together with others, by a cascade. A write
 * that is stored late changes them {@link CacheTransaction#inPlaceOf in its place} in the
 * order. A row that is written after a graph that holds it is not left to two flushes,
 * which may come in any order: both are stored in the transaction, as is the graph if the
 * row is.
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

	private @Nullable Set<Object> held;

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
	public @Nullable Object deferred(Object key) {
		return (this.through == null && !this.managed.contains(key)) ? this.values.get(key) : null;
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
		this.reservation = (isOverStored() || isHeldByEarlier()) ? null : reserve();
		if (this.reservation == null) {
			yieldToChanges();
			writeThrough();
		}
	}

	/**
	 * Return whether the transaction has changed one of the rows when it stored an
	 * earlier write: this one would be taken for outdated.
	 * @return whether to store this one as well
	 */
	private boolean isOverStored() {
		CacheTransaction transaction = CacheTransaction.current(this.core);
		return transaction != null && puts().anyMatch(transaction::isStoredLate);
	}

	private Stream<Object> puts() {
		return this.values.keySet().stream().filter((key) -> !Absent.is(this.values.get(key)));
	}

	private PendingWrites.@Nullable Reservation reserve() {
		PendingWrites pending = this.core.pending(this.store);
		// A transaction does not wait with what a flush may need: its connection, and the
		// rows that it has locked
		boolean patient = !pending.isIndependent(this.values) || WrittenCaches.areRelatedTo(this.core);
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
		storeHolders(this.core, this);
		this.through = CacheTransaction.<PreparedWrite>inPlaceOf(this.core, this,
				// An instance that the session manages from then on would bring back what
				// is removed later of the rows that were written with it
				() -> (WrittenCaches.areWrittenBy(this.core) || this.store.session().isManual())
						? this.storeWrites.writeDeferred(this.store, this.values) : this.storeWrites.write(this.store,
								WritePolicy.WRITE_THROUGH, this.values, WriteMode.NOW_FOR_DEFERRED));
		CacheTransaction transaction = CacheTransaction.current(this.core);
		if (transaction != null) {
			transaction.stored(this.values.keySet());
		}
	}

	/**
	 * Do not write through over what the transaction has changed since, without the
	 * cache. What it is about to store comes first: stored together with this write, it
	 * would be taken for what follows from it.
	 */
	private void yieldToChanges() {
		this.store.storeChanges();
		CacheTransaction transaction = CacheTransaction.current(this.core);
		this.values.keySet()
			.removeIf((key) -> !isOwn(key)
					&& (isChanged(key) || (transaction != null && transaction.find(key) == PreparedWrite.IN_STORE)));
	}

	/**
	 * Return whether the session is to store another state of a row than a value. What it
	 * deletes, it no longer manages.
	 * @param key the key
	 * @return whether the row was changed, or is to be deleted, since
	 */
	private boolean isChanged(Object key) {
		StoreSession session = this.store.session();
		return session.isChanged(key) && !session.isManual() && !isOwn(key);
	}

	private boolean isOwn(Object key) {
		return this.managed.contains(key)
				&& this.store.session().isManaged(Objects.requireNonNull(this.values.get(key)));
	}

	/**
	 * Store what the current transaction has deferred for a cache, and for those whose
	 * rows refer to its rows or are referred to, in the order in which it was deferred.
	 * It is deferred again if the transaction goes back to a savepoint.
	 * @param core the cache
	 */
	static void storeAll(CacheCore core) {
		deferred().filter((write) -> write.core == core || WrittenCaches.isRelated(write.core, core))
			.forEach(DeferredWrite::storeOpen);
	}

	/**
	 * Return whether the graph of an earlier deferred value holds one of the rows, and is
	 * written with it: stored by a flush, it may be stored over this write.
	 * @return whether to store both in their order
	 */
	private boolean isHeldByEarlier() {
		if (!WrittenCaches.write(this.core)) {
			return false;
		}
		List<@Nullable Object> rows = this.values.keySet().stream().<@Nullable Object>map(this.store::partOf).toList();
		return deferred().takeWhile((write) -> write != this)
			.anyMatch((write) -> WrittenCaches.writes(write.core, this.core)
					&& !Collections.disjoint(write.heldParts(), rows));
	}

	private Set<Object> heldParts() {
		Set<Object> held = this.held;
		if (held == null) {
			held = new HashSet<>();
			for (Object value : this.values.values()) {
				held.addAll((Absent.is(value)) ? List.of() : this.store.parts().of(value));
			}
			this.held = held;
		}
		return held;
	}

	/**
	 * Store what the current transaction has deferred for caches whose values are written
	 * together with rows of another cache, before such a row is written: what they hold
	 * of it is older.
	 * @param core the cache whose row is about to be written
	 * @param before the write, {@code null} for one that comes after all
	 */
	static void storeHolders(CacheCore core, @Nullable DeferredWrite before) {
		if (WrittenCaches.write(core)) {
			deferred().takeWhile((write) -> write != before)
				.filter((write) -> WrittenCaches.writes(write.core, core))
				.forEach(DeferredWrite::storeOpen);
		}
	}

	private static Stream<DeferredWrite> deferred() {
		return CacheTransaction.writesOfAllCaches()
			.stream()
			.filter(DeferredWrite.class::isInstance)
			.map(DeferredWrite.class::cast);
	}

	private void storeOpen() {
		Map<Object, Object> open = findOpen();
		if (open.isEmpty()) {
			return;
		}
		if (open.keySet().stream().anyMatch(this.store.session()::isLoaded)) {
			this.store.storeChanges();
		}
		CacheTransaction.add(this.core, CacheTransaction.<PreparedWrite>inPlaceOf(this.core, this,
				() -> this.storeWrites.writeDeferred(this.store, open)));
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
