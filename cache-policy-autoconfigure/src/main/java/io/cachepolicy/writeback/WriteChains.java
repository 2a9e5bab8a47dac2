package io.cachepolicy.writeback;

import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;

import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.writeback.PendingWrite.State;
import org.jspecify.annotations.Nullable;

/**
 * The pending writes of a cache: per key a chain of writes, oldest first, of which at
 * most the oldest is in flight to the store.
 * <p>
 * <b>Invariants.</b> (1) A write is in the map from its acceptance until it is stored,
 * superseded by a newer write of its key, or failed for good; so a reader that finds
 * nothing here finds it in the store. (2) Every write in the map owns one permit of the
 * {@link Room}. (3) Every chain's head stands in exactly one place from which the flusher
 * will take it: the {@link WriteQueue} (maybe also its urgent keys), what the flusher
 * took out of the queue to put it in order, what it put aside to try it again or because
 * it waits for another one, or it is in flight. A head that was skipped because its key
 * is held becomes urgent when the hold ends. (4) Of one key, at most one write is in
 * flight, and the one claim on it is ended by the thread that got it. (5) What the
 * {@link PendingLog} has of a key is what its chain has: both change under the same lock.
 * <p>
 * <b>Locking.</b> A chain is changed under the lock of its bin of the map, in short
 * functions that call nothing else but the log, and what readers see of each write in it
 * under that write's own monitor as well. A writer that meets a waiting head without a
 * newer write, and not covered by a hold, replaces its value under that monitor alone: as
 * no write leaves this state or the map but by a change of it, the head is still in the
 * map, and is neither claimed nor dropped before the monitor is free. Where that fails,
 * the writer looks again under the bin's lock.
 * <p>
 * What is accepted under a hold does not coalesce with what was there before, so that
 * dropping the latter leaves it. Under the lock of a bin, that of the key's {@link Holds}
 * and the monitors of its writes may be taken, never the other way round, and under a
 * monitor none.
 * <p>
 * This class is the side of the writers. {@link WriteClaims} is that of the flusher,
 * {@link HeldChains} that of writers that go past the pending writes, and
 * {@link PendingCensus} that of watchers: they share the map, and keep to the same rules.
 */
final class WriteChains {

	private final ConcurrentMap<Object, PendingWrite> byKey;

	private final Holds holds;

	private final Room room;

	private final WriteQueue queue;

	private final boolean coalesce;

	private final AtomicLong sequence;

	private final LongAdder added = new LongAdder();

	/**
	 * Create chains.
	 * @param byKey the oldest pending write of each key
	 * @param holds the keys that are held
	 * @param room where the writes own permits
	 * @param queue where the oldest writes of keys stand
	 * @param coalesce whether several writes of a key become one
	 * @param sequence counts the writes of all caches
	 */
	WriteChains(ConcurrentMap<Object, PendingWrite> byKey, Holds holds, Room room, WriteQueue queue, boolean coalesce,
			AtomicLong sequence) {
		this.byKey = byKey;
		this.holds = holds;
		this.room = room;
		this.queue = queue;
		this.coalesce = coalesce;
		this.sequence = sequence;
	}

	boolean isCoalescing() {
		return this.coalesce;
	}

	// ---- Writers ----

	/**
	 * Return the newest pending write of a key.
	 * @param key the key
	 * @return its value, or {@code null} if none is pending, or if another writer has
	 * changed the row since
	 */
	@Nullable Object find(Object key) {
		PendingWrite head = this.byKey.get(key);
		if (head == null) {
			return null;
		}
		PendingWrite newest = head.newest();
		// Before it is looked at whether it counts: a newer value may take its place
		Object value = newest.value();
		return (!newest.isOvertaken()) ? value : null;
	}

	/**
	 * Return whether a removal of a key is pending, or was before another write took its
	 * place.
	 * @param key the key
	 * @return whether the row may be one that was to be removed
	 */
	boolean isOverRemoval(Object key) {
		for (PendingWrite write = this.byKey.get(key); write != null; write = write.newer()) {
			if (write.isOverRemoval()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Accept a write for which room was reserved. The room is given back if the write
	 * coalesces with a waiting one.
	 * @param key the key
	 * @param value the value
	 * @param context the context of the writer
	 * @param entry records the write
	 * @param now the time in nanoseconds
	 * @return what became of the write
	 */
	Accepted add(Object key, Object value, @Nullable WriteContext context, PendingLog.Entry entry, long now) {
		Addition addition = new Addition(value, context, entry, now, true);
		try {
			this.byKey.compute(key, addition);
		}
		catch (Throwable ex) {
			this.room.release(1);
			throw ex;
		}
		if (addition.coalesced) {
			this.room.release(1);
			return new Accepted(Accepted.Kind.COALESCED, addition.sequence);
		}
		if (addition.head != null) {
			this.queue.add(addition.head);
			return new Accepted(Accepted.Kind.QUEUED, addition.sequence);
		}
		return new Accepted(Accepted.Kind.CHAINED, addition.sequence);
	}

	/**
	 * Accept a write for which room was reserved, unless another one of its key is
	 * pending or on its way to the store. The room is given back then.
	 * @param key the key
	 * @param value the value
	 * @param context the context of the writer
	 * @param entry records the write
	 * @param now the time in nanoseconds
	 * @param allowed asked under the lock of the key's bin whether nothing newer was
	 * stored
	 * @return the sequence number of the write, {@code 0} if it was not accepted
	 */
	long addIfNone(Object key, Object value, @Nullable WriteContext context, PendingLog.Entry entry, long now,
			BooleanSupplier allowed) {
		PendingWrite[] added = new PendingWrite[1];
		try {
			this.byKey.computeIfAbsent(key, (k) -> {
				if (!this.holds.contains(k) && allowed.getAsBoolean()) {
					added[0] = create(k, value, context, entry, now);
				}
				return added[0];
			});
		}
		catch (Throwable ex) {
			this.room.release(1);
			throw ex;
		}
		if (added[0] == null) {
			this.room.release(1);
			return 0;
		}
		this.queue.add(added[0]);
		return added[0].sequence();
	}

	private PendingWrite create(Object key, Object value, @Nullable WriteContext context, PendingLog.Entry entry,
			long now) {
		PendingWrite write = new PendingWrite(key, value, context, this.sequence.incrementAndGet(), now);
		entry.append(write.sequence(), write.revision());
		// When nothing is left that may fail
		this.room.enter();
		this.added.increment();
		return write;
	}

	/**
	 * Accept a write without room, if it coalesces with a waiting one.
	 * @param key the key
	 * @param value the value
	 * @param context the context of the writer
	 * @param entry records the write
	 * @return the sequence number of the pending write that has the value now, {@code 0}
	 * if it was not accepted
	 */
	long coalesce(Object key, Object value, @Nullable WriteContext context, PendingLog.Entry entry) {
		PendingWrite head = (this.coalesce) ? this.byKey.get(key) : null;
		if (head == null) {
			return 0;
		}
		if (replace(head, value, context, entry)) {
			return head.sequence();
		}
		Addition addition = new Addition(value, context, entry, 0, false);
		this.byKey.computeIfPresent(key, addition);
		return (addition.coalesced) ? addition.sequence : 0;
	}

	/**
	 * Let a write take the place of a waiting one, unless that one is covered by a hold,
	 * or is not the newest.
	 * @param write the write to replace
	 * @param value the value
	 * @param context the context of its writer
	 * @param entry records the write
	 * @return whether the write was replaced
	 */
	private boolean replace(PendingWrite write, Object value, @Nullable WriteContext context, PendingLog.Entry entry) {
		synchronized (write) {
			if (this.coalesce && write.state() == State.WAITING && write.newer() == null && !this.holds.covers(write)) {
				write.replace(value, context);
				write.order(lastSequence());
				entry.append(write.sequence(), write.revision());
				if (write.attempts() != null) {
					// Not to wait for as long as the value that failed
					expedite(write);
				}
				return true;
			}
			return false;
		}
	}

	/**
	 * Take over a write that was pending in an earlier process. To be called before
	 * anything is accepted, in the order of sequence numbers.
	 * @param write the write
	 */
	void recover(PendingWrite write) {
		this.room.enterRecovered();
		this.added.increment();
		reach(write.sequence());
		PendingWrite head = this.byKey.putIfAbsent(write.key(), write);
		if (head == null) {
			this.queue.add(write);
		}
		else {
			head.newest().newer(write);
			head.newest(write);
		}
	}

	/**
	 * Give no write a sequence number that an earlier process gave one.
	 * @param sequence the sequence number
	 */
	void reach(long sequence) {
		this.sequence.accumulateAndGet(sequence, Math::max);
	}

	/**
	 * Make a write due, at once or as soon as it is the oldest of its key.
	 * @param write the write
	 */
	void await(PendingWrite write) {
		// Before the key is looked at: either the end of the older write's claim sees
		// this, or that one is not the oldest any more
		write.awaited(true);
		expedite(write.key());
	}

	/**
	 * Make the pending write of a key due.
	 * @param key the key
	 * @return whether there is one
	 */
	boolean expedite(Object key) {
		PendingWrite head = this.byKey.get(key);
		if (head == null) {
			return false;
		}
		expedite(head);
		return true;
	}

	private void expedite(PendingWrite head) {
		if (!head.isUrgent()) {
			head.urgent(true);
			this.queue.addUrgent(head.key());
		}
	}

	// ---- Watchers ----

	int size() {
		return this.room.size();
	}

	long lastSequence() {
		return this.sequence.get();
	}

	/**
	 * Return how many writes became pending.
	 * @return the number of writes, those left out that coalesced with a waiting one
	 */
	long added() {
		return this.added.sum();
	}

	// ---- The flusher ----

	@Nullable PendingWrite head(Object key) {
		return this.byKey.get(key);
	}

	@Nullable Object pollUrgent() {
		Object key = this.queue.pollUrgent();
		PendingWrite head = (key != null) ? this.byKey.get(key) : null;
		if (head != null) {
			// Before the write is looked at: a thread that makes it urgent later adds it
			// again
			head.urgent(false);
			this.queue.leaveBehind(1);
		}
		return key;
	}

	/**
	 * Adds a write to the chain of its key, under the lock of the key's bin.
	 */
	private final class Addition implements BiFunction<Object, @Nullable PendingWrite, @Nullable PendingWrite> {

		private final Object value;

		private final @Nullable WriteContext context;

		private final PendingLog.Entry entry;

		private final long now;

		private final boolean hasRoom;

		private boolean coalesced;

		private long sequence;

		private @Nullable PendingWrite head;

		Addition(Object value, @Nullable WriteContext context, PendingLog.Entry entry, long now, boolean hasRoom) {
			this.value = value;
			this.context = context;
			this.entry = entry;
			this.now = now;
			this.hasRoom = hasRoom;
		}

		@Override
		public @Nullable PendingWrite apply(Object key, @Nullable PendingWrite current) {
			PendingWrite newest = (current != null) ? current.newest() : null;
			if (newest != null && replace(newest, this.value, this.context, this.entry)) {
				this.coalesced = true;
				this.sequence = newest.sequence();
				return current;
			}
			if (!this.hasRoom) {
				return current;
			}
			PendingWrite added = create(key, this.value, this.context, this.entry, this.now);
			this.sequence = added.sequence();
			if (current != null && newest != null) {
				newest.newer(added);
				current.newest(added);
				return current;
			}
			this.head = added;
			return added;
		}

	}

}
