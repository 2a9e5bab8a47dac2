package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.writeback.PendingWrite.State;
import org.jspecify.annotations.Nullable;

/**
 * The pending writes of a cache: per key a chain of writes, oldest first, of which at
 * most the oldest is in flight to the store.
 * <p>
 * <b>Invariants.</b> (1) A write is in the map from its acceptance until it is stored,
 * superseded by a newer write of its key, or failed for good; so a reader that finds
 * nothing here finds it in the store. (2) Every write in the map owns one permit, so
 * there are never more than {@code maxPending}. (3) Every chain's head stands in exactly
 * one place from which the flusher will take it: the queue (maybe also the urgent keys),
 * what the flusher took out of the queue to put it in order, what it put aside to try it
 * again or because it waits for another one, or it is in flight. A head that was skipped
 * because its key is held becomes urgent when the hold ends. (4) Of one key, at most one
 * write is in flight, and the one claim on it is ended by who got it.
 * <p>
 * <b>Locking.</b> A chain is changed under the lock of its bin of the map, in short
 * functions that call nothing else, and what readers see of each write in it under that
 * write's own monitor as well. A writer that meets a waiting head without a newer write,
 * and not covered by a hold, replaces its value under that monitor alone: as no write
 * leaves this state or the map but by a change of it, the head is still in the map, and
 * is neither claimed nor dropped before the monitor is free. Where that fails, the writer
 * looks again under the bin's lock.
 * <p>
 * A hold is counted before the bin of its key and the monitor of its head are looked at,
 * a claim looks at the holds under the bin's lock, and a writer under the monitor: either
 * they see the hold, or the holder sees what they did. What is accepted under a hold does
 * not coalesce with what was there before, so that dropping the latter leaves it. Under
 * the lock of a bin, that of the key's holds and the monitors of its writes may be taken,
 * never the other way round, and under a monitor none. Permits are taken outside of any
 * lock. The queue is ordered by first acceptance; writers append, the flusher removes.
 */
final class WriteChains {

	private static final int MANY_LEFT_BEHIND = 1000;

	private final ConcurrentMap<Object, PendingWrite> byKey = new ConcurrentHashMap<>();

	private final Queue<Queued> queue = new ConcurrentLinkedQueue<>();

	private final Queue<Object> urgent = new ConcurrentLinkedQueue<>();

	private final ConcurrentMap<Object, Held> holds = new ConcurrentHashMap<>();

	private final Semaphore room;

	private final int maxPending;

	private final boolean coalesce;

	private final AtomicLong sequence = new AtomicLong();

	private final LongAdder collapsed = new LongAdder();

	private final AtomicInteger size = new AtomicInteger();

	private final AtomicInteger markers = new AtomicInteger();

	private final AtomicInteger blocked = new AtomicInteger();

	/**
	 * How many writes may have been left behind in the queue by who took them elsewhere.
	 */
	private final AtomicInteger leftBehind = new AtomicInteger();

	/**
	 * How many markers the flusher has passed, used by it alone.
	 */
	private long passed;

	WriteChains(int maxPending, boolean coalesce) {
		this.maxPending = maxPending;
		this.coalesce = coalesce;
		this.room = new Semaphore(maxPending);
	}

	// ---- Room ----

	boolean tryReserve(int count) {
		return this.room.tryAcquire(count);
	}

	/**
	 * Wait for room. Until it is there, every write is due.
	 * @param count the number of writes
	 * @param nanos the longest to wait
	 * @param onWait called before the wait
	 * @return whether there is room
	 * @throws InterruptedException if the thread is interrupted
	 */
	boolean tryReserve(int count, long nanos, Runnable onWait) throws InterruptedException {
		this.blocked.incrementAndGet();
		try {
			onWait.run();
			return this.room.tryAcquire(count, nanos, TimeUnit.NANOSECONDS);
		}
		finally {
			this.blocked.decrementAndGet();
		}
	}

	boolean hasBlocked() {
		return this.blocked.get() > 0;
	}

	void release(int count) {
		this.room.release(count);
	}

	/**
	 * Return whether nothing is pending and no room is reserved.
	 * @return whether all room is free
	 */
	boolean isIdle() {
		return this.room.availablePermits() == this.maxPending;
	}

	/**
	 * Return how much room is taken, by pending writes and reservations.
	 * @return the taken room
	 */
	int taken() {
		return this.maxPending - this.room.availablePermits();
	}

	int maxPending() {
		return this.maxPending;
	}

	int size() {
		return this.size.get();
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

	// ---- Writers ----

	/**
	 * Return the newest pending write of a key.
	 * @param key the key
	 * @return its value, or {@code null} if none is pending
	 */
	@Nullable Object find(Object key) {
		PendingWrite head = this.byKey.get(key);
		return (head != null) ? head.newest().value() : null;
	}

	/**
	 * Accept a write for which room was reserved. The room is given back if the write
	 * coalesces with a waiting one.
	 * @param key the key
	 * @param value the value
	 * @param context the context of the writer
	 * @param now the time in nanoseconds
	 * @return what became of the write
	 */
	Accepted add(Object key, Object value, @Nullable WriteContext context, long now) {
		Addition addition = new Addition(value, context, now, true);
		this.byKey.compute(key, addition);
		if (addition.coalesced) {
			this.room.release();
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
	 * @param now the time in nanoseconds
	 * @param allowed asked under the lock of the key's bin whether nothing newer was
	 * stored
	 * @return the sequence number of the write, {@code 0} if it was not accepted
	 */
	long addIfNone(Object key, Object value, @Nullable WriteContext context, long now, BooleanSupplier allowed) {
		PendingWrite[] added = new PendingWrite[1];
		this.byKey.computeIfAbsent(key, (k) -> {
			if (!this.holds.containsKey(k) && allowed.getAsBoolean()) {
				added[0] = create(k, value, context, now);
			}
			return added[0];
		});
		if (added[0] == null) {
			this.room.release();
			return 0;
		}
		this.queue.add(added[0]);
		return added[0].sequence();
	}

	private PendingWrite create(Object key, Object value, @Nullable WriteContext context, long now) {
		this.size.incrementAndGet();
		return new PendingWrite(key, value, context, this.sequence.incrementAndGet(), now);
	}

	/**
	 * Accept a write without room, if it coalesces with a waiting one.
	 * @param key the key
	 * @param value the value
	 * @param context the context of the writer
	 * @return the sequence number of the pending write that has the value now, {@code 0}
	 * if it was not accepted
	 */
	long coalesce(Object key, Object value, @Nullable WriteContext context) {
		PendingWrite head = (this.coalesce) ? this.byKey.get(key) : null;
		if (head == null) {
			return 0;
		}
		if (replace(head, value, context)) {
			return head.sequence();
		}
		Addition addition = new Addition(value, context, 0, false);
		this.byKey.computeIfPresent(key, addition);
		return (addition.coalesced) ? addition.sequence : 0;
	}

	/**
	 * Let a write take the place of a waiting one, unless that one is covered by a hold,
	 * or is not the newest.
	 * @param write the write to replace
	 * @param value the value
	 * @param context the context of its writer
	 * @return whether the write was replaced
	 */
	private boolean replace(PendingWrite write, Object value, @Nullable WriteContext context) {
		synchronized (write) {
			if (this.coalesce && write.state() == State.WAITING && write.newer() == null && !isCovered(write)) {
				write.replace(value, context);
				return true;
			}
			return false;
		}
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
		if (!head.isUrgent()) {
			head.urgent(true);
			this.urgent.add(key);
		}
		return true;
	}

	/**
	 * Make due what is in the queue now.
	 * @return the marker at the end of it
	 */
	Marker mark() {
		Marker marker = new Marker();
		this.markers.incrementAndGet();
		this.queue.add(marker);
		return marker;
	}

	long lastSequence() {
		return this.sequence.get();
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
		keys.forEach((key) -> this.holds.merge(key, new Held(1, last, 0), Held::plus));
		return last;
	}

	/**
	 * Return whether a write of a key is in flight. After {@link #hold}, {@code false}
	 * means that none will be until the hold ends, and that no writer who did not see the
	 * hold is still replacing one.
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
		Held held = this.holds.get(key);
		// A hold that begins after this look, and ends first, drops the same and more
		Object again = (held != null && held.isOverlapped()) ? stored.get() : null;
		int[] dropped = new int[1];
		this.byKey.computeIfPresent(key, (k, head) -> {
			boolean seen = head.sequence() <= seenAfterAHold(key);
			PendingWrite write = head;
			while (write != null && write.sequence() <= sequence) {
				PendingWrite newer = write.newer();
				if (seen && again != null && (newer == null || newer.sequence() > sequence)) {
					write.replace(again, context);
					break;
				}
				write.state(State.DONE);
				dropped[0]++;
				write = newer;
			}
			if (write != null) {
				long newest = write.newest().sequence();
				this.holds.computeIfPresent(key, (heldKey, holds) -> holds.left(newest));
			}
			return write;
		});
		left(dropped[0]);
		this.leftBehind.addAndGet(dropped[0]);
		return dropped[0];
	}

	private long seenAfterAHold(Object key) {
		Held held = this.holds.get(key);
		return (held != null) ? held.seen() : 0;
	}

	/**
	 * End a hold. What is pending is made due, as the flusher may have skipped it.
	 * @param keys the keys
	 */
	void unhold(Collection<Object> keys) {
		for (Object key : keys) {
			this.holds.computeIfPresent(key, (k, held) -> held.minusOne());
			expedite(key);
		}
	}

	// ---- The flusher ----

	@Nullable Object pollUrgent() {
		Object key = this.urgent.poll();
		PendingWrite head = (key != null) ? this.byKey.get(key) : null;
		if (head != null) {
			// Before the write is looked at: who makes it urgent later adds it again
			head.urgent(false);
			this.leftBehind.incrementAndGet();
		}
		return key;
	}

	boolean hasUrgent() {
		return !this.urgent.isEmpty();
	}

	boolean hasMarkers() {
		return this.markers.get() > 0;
	}

	/**
	 * Return the oldest write of the queue that is still to be taken, passing what stands
	 * before it.
	 * @return the write, or {@code null} if there is none
	 */
	@Nullable PendingWrite peek() {
		removeLeftBehind();
		for (;;) {
			Queued first = this.queue.peek();
			if (first == null) {
				return null;
			}
			if (first instanceof PendingWrite write && write.state() == State.WAITING) {
				return write;
			}
			this.queue.poll();
			if (first instanceof Marker marker) {
				this.markers.decrementAndGet();
				this.passed++;
				marker.pass();
			}
		}
	}

	/**
	 * Remove what is done from behind a write that waits, before it is more than what is
	 * pending.
	 */
	private void removeLeftBehind() {
		if (this.leftBehind.get() > Math.max(MANY_LEFT_BEHIND, size())) {
			this.leftBehind.set(0);
			this.queue.removeIf((queued) -> queued instanceof PendingWrite write && write.state() == State.DONE);
		}
	}

	/**
	 * Return how many writes and markers are in the queue.
	 * @return the number
	 */
	int queued() {
		return this.queue.size();
	}

	/**
	 * Return how many markers {@link #peek} has passed.
	 * @return a number that grows
	 */
	long passed() {
		return this.passed;
	}

	void removePeeked() {
		this.queue.poll();
	}

	@Nullable PendingWrite head(Object key) {
		return this.byKey.get(key);
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
			if (head == write && head.state() == State.WAITING && !this.holds.containsKey(key)) {
				replaced[0] = collapse(head);
				head.state(State.IN_FLIGHT);
				claim[0] = new Claim(head, position);
			}
			return head;
		});
		left(replaced[0]);
		return claim[0];
	}

	/**
	 * End a claim whose write is stored or failed for good.
	 * @param claim the claim
	 * @return the next write of the key, which is waiting now and is to be queued, or
	 * {@code null}
	 */
	@Nullable PendingWrite complete(Claim claim) {
		claim.ended = true;
		PendingWrite next = this.byKey.compute(claim.key(), (key, head) -> {
			claim.write().state(State.DONE);
			return claim.write().newer();
		});
		left(1);
		return next;
	}

	/**
	 * End a claim whose write was not stored and is to be tried again. The newest write
	 * of the key takes its place if writes coalesce.
	 * @param claim the claim
	 */
	void giveBack(Claim claim) {
		claim.ended = true;
		int[] replaced = new int[1];
		this.byKey.computeIfPresent(claim.key(), (key, head) -> {
			replaced[0] = collapse(head);
			head.state(State.WAITING);
			return head;
		});
		left(replaced[0]);
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
			for (PendingWrite write = head.newer(); write != null; write = write.newer()) {
				head.replaceBy(write);
				write.state(State.DONE);
				replaced++;
			}
			head.newer(null);
			this.collapsed.add(replaced);
		}
		return replaced;
	}

	/**
	 * Queue a write that became the oldest of its key.
	 * @param write the write
	 */
	void enqueue(PendingWrite write) {
		this.queue.add(write);
	}

	boolean isCoalescing() {
		return this.coalesce;
	}

	private void left(int count) {
		if (count > 0) {
			this.size.addAndGet(-count);
			this.room.release(count);
		}
	}

	private boolean isCovered(PendingWrite write) {
		Held held = this.holds.get(write.key());
		return held != null && write.sequence() <= held.last();
	}

	/**
	 * Holds on one key.
	 *
	 * @param count how many there are
	 * @param last the sequence number of the last write when the key was last held
	 * @param seen the sequence number of the last write that was left when one of several
	 * holds ended with a newer value in the store; {@code 0} if there was none
	 */
	private record Held(int count, long last, long seen) {

		Held plus(Held other) {
			return new Held(this.count + other.count, Math.max(this.last, other.last), this.seen);
		}

		@Nullable Held minusOne() {
			return (this.count > 1) ? new Held(this.count - 1, this.last, this.seen) : null;
		}

		Held left(long newest) {
			return (this.count > 1) ? new Held(this.count, this.last, newest) : this;
		}

		boolean isOverlapped() {
			return this.count > 1 || this.seen > 0;
		}

	}

	/**
	 * The right to hand a write that is in flight to the store, with the value that is
	 * handed over. Used by one thread, which ends it once.
	 */
	static final class Claim {

		private final PendingWrite write;

		private final Object value;

		private final @Nullable WriteContext context;

		private long position;

		private boolean ended;

		private Claim(PendingWrite write, long position) {
			this.write = write;
			this.value = write.value();
			this.context = write.context();
			this.position = position;
		}

		PendingWrite write() {
			return this.write;
		}

		Object key() {
			return this.write.key();
		}

		Object value() {
			return this.value;
		}

		@Nullable WriteContext context() {
			return this.context;
		}

		boolean isDelete() {
			return Absent.is(this.value);
		}

		/**
		 * Return the place among the writes of a batch, which is that of its acceptance
		 * unless another one needs it earlier.
		 * @return the position
		 */
		long position() {
			return this.position;
		}

		void position(long position) {
			this.position = position;
		}

		/**
		 * Return whether the write is no longer claimed by this claim. It may be in
		 * flight by another one.
		 * @return whether the write was completed or given back
		 */
		boolean hasEnded() {
			return this.ended;
		}

	}

	/**
	 * What became of an accepted write.
	 *
	 * @param kind what became of it
	 * @param sequence the sequence number of the pending write that has its value
	 */
	record Accepted(Kind kind, long sequence) {

		enum Kind {

			/**
			 * The key became pending.
			 */
			QUEUED,

			/**
			 * It waits behind another write of its key.
			 */
			CHAINED,

			/**
			 * It took the place of another write of its key.
			 */
			COALESCED

		}

	}

	/**
	 * Adds a write to the chain of its key, under the lock of the key's bin.
	 */
	private final class Addition implements BiFunction<Object, @Nullable PendingWrite, @Nullable PendingWrite> {

		private final Object value;

		private final @Nullable WriteContext context;

		private final long now;

		private final boolean hasRoom;

		private boolean coalesced;

		private long sequence;

		private @Nullable PendingWrite head;

		Addition(Object value, @Nullable WriteContext context, long now, boolean hasRoom) {
			this.value = value;
			this.context = context;
			this.now = now;
			this.hasRoom = hasRoom;
		}

		@Override
		public @Nullable PendingWrite apply(Object key, @Nullable PendingWrite current) {
			PendingWrite newest = (current != null) ? current.newest() : null;
			if (newest != null && replace(newest, this.value, this.context)) {
				this.coalesced = true;
				this.sequence = newest.sequence();
				return current;
			}
			if (!this.hasRoom) {
				return current;
			}
			PendingWrite added = create(key, this.value, this.context, this.now);
			this.sequence = added.sequence();
			if (newest != null) {
				newest.newer(added);
				return current;
			}
			this.head = added;
			return added;
		}

	}

}
