package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.PendingLog.Outcome;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.writeback.PendingWrite.State;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
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
 */
final class WriteChains {

	private static final Log logger = LogFactory.getLog(WriteChains.class);

	private final ConcurrentMap<Object, PendingWrite> byKey = new ConcurrentHashMap<>();

	private final Room room;

	private final WriteQueue queue;

	private final Holds holds = new Holds();

	private final PendingLog log;

	private final boolean coalesce;

	private final AtomicLong sequence;

	private final LongAdder added = new LongAdder();

	private final LongAdder collapsed = new LongAdder();

	/**
	 * Create empty chains.
	 * @param room where the writes own permits
	 * @param queue where the oldest writes of keys stand
	 * @param log where the writes are recorded
	 * @param coalesce whether several writes of a key become one
	 * @param sequence counts the writes of all caches
	 */
	WriteChains(Room room, WriteQueue queue, PendingLog log, boolean coalesce, AtomicLong sequence) {
		this.room = room;
		this.queue = queue;
		this.log = log;
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

	/**
	 * Return how many writes coalesced after they were accepted, since they could not
	 * before.
	 * @return the number of writes
	 */
	long collapsed() {
		return this.collapsed.sum();
	}

	/**
	 * Return how long the oldest write has been pending. All are looked at, as those that
	 * wait for a retry are not in the queue.
	 * @param now the time in nanoseconds
	 * @return the age, zero if nothing is pending
	 */
	Duration oldestAge(long now) {
		long age = 0;
		for (PendingWrite head : this.byKey.values()) {
			age = Math.max(age, now - head.since());
		}
		return Duration.ofNanos(age);
	}

	/**
	 * Return how many of the writes up to a sequence number are still pending.
	 * @param sequence the sequence number
	 * @return the number of writes
	 */
	long countUpTo(long sequence) {
		long count = 0;
		for (PendingWrite head : this.byKey.values()) {
			for (PendingWrite write = head; write != null && write.sequence() <= sequence; write = write.newer()) {
				count++;
			}
		}
		return count;
	}

	/**
	 * Return whether a write that was accepted before another one may still be stored
	 * before it: it is pending, was not refused itself, and does not wait for that one.
	 * @param write the other one
	 * @return whether there is such a write
	 */
	boolean hasOlderUnrefused(PendingWrite write) {
		for (PendingWrite head : this.byKey.values()) {
			Attempts attempts = head.attempts();
			if (head.sequence() < write.sequence() && (attempts == null || attempts.refusals() == 0)
					&& !head.waitsFor(write)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return the write whose value was accepted first.
	 * @return the write, or {@code null} if none is pending
	 */
	@Nullable PendingWrite earliest() {
		PendingWrite earliest = null;
		for (PendingWrite head : this.byKey.values()) {
			if (earliest == null || head.order() < earliest.order()) {
				earliest = head;
			}
		}
		return earliest;
	}

	boolean containsUpTo(long sequence) {
		for (PendingWrite head : this.byKey.values()) {
			if (head.sequence() <= sequence) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return the newest pending write of each key.
	 * @return a snapshot
	 */
	List<PendingWrite> list() {
		return this.byKey.values().stream().map(PendingWrite::newest).toList();
	}

	// ---- Holds ----

	/**
	 * Hold keys, whose writes up to now can be dropped when the hold ends.
	 * @param keys the keys
	 * @return the sequence number of the last write
	 */
	long hold(Collection<Object> keys) {
		long last = lastSequence();
		this.holds.add(keys, last);
		return last;
	}

	/**
	 * Return whether a write of a key is in flight. After {@link #hold}, {@code false}
	 * means that none will be until the hold ends, and that no writer that did not see
	 * the hold is still replacing one.
	 * @param key the key
	 * @return whether a write is in flight
	 */
	boolean isInFlight(Object key) {
		boolean[] inFlight = new boolean[1];
		this.byKey.computeIfPresent(key, (k, head) -> {
			synchronized (head) {
				inFlight[0] = head.state() == State.IN_FLIGHT;
			}
			return head;
		});
		return inFlight[0];
	}

	/**
	 * Take the write of a held key away from the store, if it is in flight and not about
	 * to be committed. It waits from now on, until the hold ends.
	 * @param key the key, which is held
	 */
	void revoke(Object key) {
		int[] replaced = new int[1];
		this.byKey.computeIfPresent(key, (k, head) -> {
			if (head.state() == State.IN_FLIGHT && head.revoke()) {
				replaced[0] = collapse(head);
				head.returnToWait();
			}
			return head;
		});
		this.room.leave(replaced[0]);
	}

	/**
	 * Record that a newer value of a held key is about to be stored, if a write that it
	 * supersedes is pending.
	 * @param key the key, of which no write is in flight
	 * @param sequence the sequence number of the last write that is older
	 * @return whether there was one
	 */
	boolean recordHold(Object key, long sequence) {
		boolean[] recorded = new boolean[1];
		this.byKey.computeIfPresent(key, (k, head) -> {
			if (head.sequence() <= sequence) {
				this.holds.during(key, () -> this.log.hold(key, sequence));
				recorded[0] = true;
			}
			return head;
		});
		return recorded[0];
	}

	/**
	 * Drop the pending writes of a held key, up to a sequence number, as the store has a
	 * newer value. A later one becomes the oldest, and is queued when the hold ends.
	 * <p>
	 * Those that an overlapping hold left when it ended are not just dropped: they were
	 * seen to be newer than the value of that hold, which may have come to the store
	 * after this one. So the newest one stays, with the stored value of this hold.
	 * @param key the key
	 * @param sequence the sequence number
	 * @param stored yields what was stored, called outside of any lock; {@code null} for
	 * what can't be stored once more
	 * @param context the context of its writer
	 * @return how many writes were dropped
	 */
	int drop(Object key, long sequence, Supplier<@Nullable Object> stored, @Nullable WriteContext context) {
		// A hold that begins after this look, and ends first, drops the same and more
		Object again = (this.holds.isOverlapped(key)) ? stored.get() : null;
		PendingLog.Entry entry = (again != null) ? prepareIfPossible(key, again) : PendingLog.Entry.NONE;
		Drop drop = new Drop(sequence, again, context, entry);
		this.byKey.computeIfPresent(key, drop);
		if (!drop.replaced) {
			entry.cancel();
		}
		this.room.leave(drop.count);
		this.queue.leaveBehind(drop.count);
		return drop.count;
	}

	/**
	 * Make ready to record what is in the store already, so that the write can't be
	 * refused any more.
	 * @param key the key
	 * @param value the value
	 * @return the entry, one of no log if there is no room for it
	 */
	private PendingLog.Entry prepareIfPossible(Object key, Object value) {
		try {
			PendingLog.Entry entry = this.log.prepare(key, value);
			return (entry != null) ? entry : PendingLog.Entry.NONE;
		}
		catch (RuntimeException ex) {
			logger.warn("Stored values of keys that several writes changed at the same time could not be recorded", ex);
			return PendingLog.Entry.NONE;
		}
	}

	/**
	 * Let a hold cover what was accepted since it began.
	 * @param key the key, which is held
	 * @return the sequence number of the last write
	 */
	long extendHold(Object key) {
		long last = lastSequence();
		this.holds.extend(key, last);
		return last;
	}

	/**
	 * Note that the row of a held key was changed by another writer. What is about to be
	 * committed was stored before that.
	 * @param key the key
	 * @param sequence the sequence number of the last write that did not know of it
	 * @param removed whether the row is gone, so that waiting writes are dropped
	 * @param winning whether waiting writes are to be written over what the row holds
	 * @return how many writes were dropped
	 */
	int overtake(Object key, long sequence, boolean removed, boolean winning) {
		int[] dropped = new int[1];
		this.byKey.computeIfPresent(key, (k, head) -> {
			PendingWrite newest = head.newest();
			PendingWrite write = head;
			while (write != null && write.sequence() <= sequence) {
				boolean waiting = write.state() == State.WAITING;
				if (removed && waiting && write == head) {
					write.state(State.DONE);
					PendingWrite newer = write.newer();
					this.log.settle(key, write.sequence(), Outcome.SUPERSEDED, (newer != null) ? newer.sequence() : 0);
					dropped[0]++;
					head = newer;
					write = newer;
				}
				else {
					write.overtake(winning && waiting && !removed);
					write = write.newer();
				}
			}
			if (head != null && dropped[0] > 0) {
				head.newest(newest);
			}
			return head;
		});
		this.room.leave(dropped[0]);
		this.queue.leaveBehind(dropped[0]);
		return dropped[0];
	}

	/**
	 * End a hold. What is pending is made due, as the flusher may have skipped it.
	 * @param keys the keys
	 */
	void unhold(Collection<Object> keys) {
		for (Object key : keys) {
			this.holds.end(key, () -> this.log.release(key));
			expedite(key);
		}
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
	 * Take a write for the store, unless its key is held or it is no longer waiting.
	 * @param write the write
	 * @param position its place among the writes of a batch
	 * @return the claim, or {@code null}
	 */
	@Nullable Claim claim(PendingWrite write, long position) {
		Claim[] claim = new Claim[1];
		int[] replaced = new int[1];
		this.byKey.computeIfPresent(write.key(), (key, head) -> {
			if (head == write && head.state() == State.WAITING && !this.holds.contains(key)) {
				replaced[0] = collapse(head);
				claim[0] = new Claim(head, position, head.takeOff());
			}
			return head;
		});
		this.room.leave(replaced[0]);
		return claim[0];
	}

	/**
	 * End a claim whose write is no longer pending.
	 * @param claim the claim
	 * @param outcome what became of the write
	 * @return the next write of the key, which is waiting now and is to be queued, or
	 * {@code null}
	 */
	@Nullable PendingWrite complete(Claim claim, Outcome outcome) {
		claim.end();
		PendingWrite next = this.byKey.computeIfPresent(claim.key(), (key, head) -> {
			PendingWrite write = claim.write();
			write.state(State.DONE);
			PendingWrite newer = next(write);
			this.log.settle(key, write.sequence(), outcome, (newer != null) ? newer.sequence() : 0);
			return newer;
		});
		this.room.leave(1);
		return next;
	}

	/**
	 * Return the write that becomes the oldest of a key.
	 * @param head the oldest one, which leaves
	 * @return the next one, or {@code null}
	 */
	private static @Nullable PendingWrite next(PendingWrite head) {
		PendingWrite next = head.newer();
		if (next != null) {
			next.newest(head.newest());
		}
		return next;
	}

	/**
	 * End a claim whose write was not stored and is to be tried again. The newest write
	 * of the key takes its place if writes coalesce.
	 * @param claim the claim
	 */
	void giveBack(Claim claim) {
		claim.end();
		int[] replaced = new int[1];
		this.byKey.computeIfPresent(claim.key(), (key, head) -> {
			if (!claim.isRevoked()) {
				replaced[0] = collapse(head);
				head.returnToWait();
			}
			return head;
		});
		this.room.leave(replaced[0]);
	}

	/**
	 * Let the newest write of a key take the place of the oldest, if writes coalesce.
	 * Writes are chained that could not coalesce when they came.
	 * @param head the oldest write, whose claim ends or is about to be made
	 * @return how many writes were replaced
	 */
	private int collapse(PendingWrite head) {
		int replaced = 0;
		if (this.coalesce) {
			PendingWrite first = head.newer();
			for (PendingWrite write = first; write != null; write = write.newer()) {
				head.replaceBy(write);
				this.log.collapse(head.key(), head.sequence(), head.revision(), write.sequence());
				replaced++;
			}
			// Readers find the newest value here, whatever they came by
			head.newest(head);
			head.newer(null);
			merge(first, head);
			this.collapsed.add(replaced);
		}
		return replaced;
	}

	private static void merge(@Nullable PendingWrite first, PendingWrite head) {
		PendingWrite write = first;
		while (write != null) {
			PendingWrite next = write.newer();
			write.mergeInto(head);
			write = next;
		}
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

	/**
	 * Drops the older writes of a held key, under the lock of the key's bin.
	 */
	private final class Drop implements BiFunction<Object, PendingWrite, @Nullable PendingWrite> {

		private final long sequence;

		private final @Nullable Object again;

		private final @Nullable WriteContext context;

		private final PendingLog.Entry entry;

		private int count;

		private boolean replaced;

		Drop(long sequence, @Nullable Object again, @Nullable WriteContext context, PendingLog.Entry entry) {
			this.sequence = sequence;
			this.again = again;
			this.context = context;
			this.entry = entry;
		}

		@Override
		public @Nullable PendingWrite apply(Object key, PendingWrite head) {
			boolean seen = head.sequence() <= WriteChains.this.holds.seenAfterOne(key);
			PendingWrite newest = head.newest();
			PendingWrite write = head;
			while (write != null && write.sequence() <= this.sequence) {
				PendingWrite newer = write.newer();
				if (seen && this.again != null && (newer == null || newer.sequence() > this.sequence)) {
					write.replace(this.again, this.context);
					this.entry.append(write.sequence(), write.revision());
					this.replaced = true;
					break;
				}
				write.state(State.DONE);
				WriteChains.this.log.settle(key, write.sequence(), Outcome.SUPERSEDED,
						(newer != null) ? newer.sequence() : 0);
				this.count++;
				write = newer;
			}
			if (write != null) {
				write.newest(newest);
				WriteChains.this.holds.left(key, newest.sequence());
			}
			return write;
		}

	}

}
