package io.cachepolicy.writeback;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.settings.Durations;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the writes of a cache, and refuses what finds no room. Thread-safe.
 * <p>
 * <b>Order.</b> Room is taken, the write is made ready for the log, outside of any lock;
 * then it is appended and changed in memory under the lock of its key; then the log is
 * forced. So what may wait or fail does so before anything changed.
 * <p>
 * <b>Closing.</b> A writer takes room before it looks at {@link #closed}, and
 * {@link #close} sets it before the drain waits for all room to be free: a write that
 * races with it is either drained or not accepted, in which case its caller writes it
 * through. A write that coalesces takes no room, but the place of one that has it and is
 * drained.
 */
final class Acceptance {

	private final String cacheName;

	private final WriteBackSpec spec;

	private final WriteContextCapture contexts;

	private final PendingLog log;

	private final Room room;

	private final WriteQueue queue;

	private final WriteChains chains;

	private final PendingCensus census;

	private final FlushRequests requests;

	private final Flusher flusher;

	private final DeadLetters deadLetters;

	private final Settlement settlement;

	private final WriteCounters counters;

	private final AtomicReference<@Nullable Marker> fullness = new AtomicReference<>();

	private volatile boolean closed;

	private volatile boolean abandoned;

	Acceptance(String cacheName, WriteBackSpec spec, WriteContextCapture contexts, PendingLog log, PendingParts pending,
			FlushRequests requests, Flusher flusher, DeadLetters deadLetters, Settlement settlement,
			WriteCounters counters) {
		this.cacheName = cacheName;
		this.spec = spec;
		this.contexts = contexts;
		this.log = log;
		this.room = pending.room();
		this.queue = pending.queue();
		this.chains = pending.chains();
		this.census = pending.census();
		this.requests = requests;
		this.flusher = flusher;
		this.deadLetters = deadLetters;
		this.settlement = settlement;
		this.counters = counters;
	}

	/**
	 * Accept writes again after {@link #close}, and flush them.
	 */
	void open() {
		this.abandoned = false;
		this.flusher.open();
		this.closed = false;
	}

	/**
	 * Accept no more writes.
	 */
	void close() {
		this.closed = true;
	}

	/**
	 * Give up the drain: flush no more, and report the writes that are pending. A
	 * transaction that took room before may commit later, and is reported then.
	 */
	void abandon() {
		this.abandoned = true;
		this.flusher.abandon();
		this.settlement.abandoned(this.census.list());
	}

	/**
	 * Accept a write.
	 * @param key the key
	 * @param value the value
	 * @return {@code false} if it is to be written through
	 */
	boolean offer(Object key, Object value) {
		return offerUnforced(key, value) && this.log.force();
	}

	/**
	 * Accept a write that is forced later.
	 * @param key the key
	 * @param value the value
	 * @return {@code false} if it is to be written through
	 */
	boolean offerUnforced(Object key, Object value) {
		if (this.closed) {
			return false;
		}
		WriteContext context = this.contexts.capture();
		PendingLog.Entry entry = prepare(key, value);
		if (entry == null) {
			return false;
		}
		boolean accepted = false;
		try {
			accepted = coalesce(key, value, context, entry)
					|| (takeRoom(1, true) && acceptUnlessClosed(key, value, context, entry));
		}
		finally {
			if (!accepted) {
				entry.cancel();
			}
		}
		return accepted;
	}

	private PendingLog.@Nullable Entry prepare(Object key, Object value) {
		try {
			return this.log.prepare(key, value);
		}
		catch (WriteRefusedException ex) {
			this.counters.refused.increment();
			throw ex;
		}
	}

	boolean force() {
		return this.log.force();
	}

	private boolean coalesce(Object key, Object value, @Nullable WriteContext context, PendingLog.Entry entry) {
		long sequence = this.chains.coalesce(key, value, context, entry);
		if (sequence == 0) {
			return false;
		}
		coalesced(key, sequence);
		return true;
	}

	private boolean acceptUnlessClosed(Object key, Object value, @Nullable WriteContext context,
			PendingLog.Entry entry) {
		if (this.closed) {
			this.room.release(1);
			return false;
		}
		accept(key, value, context, entry);
		return true;
	}

	/**
	 * Take room for writes, and make them ready for the log.
	 * @param writes the values by key
	 * @param patient whether to wait for room
	 * @return the reservation, or {@code null} if they are to be written through
	 */
	PendingWrites.@Nullable Reservation reserve(Map<Object, Object> writes, boolean patient) {
		if (this.closed || !takeRoom(writes.size(), patient)) {
			return null;
		}
		Reserved reserved = new Reserved(writes.size());
		boolean ready = false;
		try {
			// Not before the room was taken
			ready = !this.closed && reserved.prepareAll(writes);
		}
		finally {
			if (!ready) {
				reserved.cancel();
			}
		}
		return (ready) ? reserved : null;
	}

	private boolean takeRoom(int count, boolean patient) {
		return this.room.tryReserve(count) || overflow(count, patient);
	}

	/**
	 * Do what {@code overflow} says when there is no room.
	 * @param count the number of writes
	 * @param patient whether to wait for room, where the settings say so
	 * @return whether there is room now
	 */
	private boolean overflow(int count, boolean patient) {
		if (this.spec.overflow() == Overflow.WRITE_THROUGH) {
			return false;
		}
		if (this.spec.overflow() == Overflow.BLOCK && !patient) {
			flushAllSoon();
			return false;
		}
		if (count > this.spec.maxPending()) {
			throw refused(count, "Cache '%s' has no room for %d writes in one transaction: max-pending is %d"
				.formatted(this.cacheName, count, this.spec.maxPending()));
		}
		if (this.spec.overflow() == Overflow.BLOCK && awaitRoom(count)) {
			return true;
		}
		throw refused(count,
				"Cache '%s' has %d pending writes, and max-pending is %d: the store is too slow, "
					.formatted(this.cacheName, this.room.size(), this.spec.maxPending())
						+ "or away. Raise max-pending or overflow-timeout, or set overflow to write-through");
	}

	private WriteRefusedException refused(int count, String message) {
		this.counters.refused.add(count);
		return new WriteRefusedException(message);
	}

	private boolean awaitRoom(int count) {
		try {
			return this.room.tryReserve(count, Durations.toNanos(this.spec.overflowTimeout()), this.flusher::signal);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private void accept(Object key, Object value, @Nullable WriteContext context, PendingLog.Entry entry) {
		Accepted accepted = this.chains.add(key, value, context, entry, System.nanoTime());
		if (accepted.kind() == Accepted.Kind.COALESCED) {
			coalesced(key, accepted.sequence());
			return;
		}
		added(key, accepted.sequence(), accepted.kind() == Accepted.Kind.QUEUED);
	}

	private boolean acceptIfKept(DeadLetter letter, Object value, @Nullable WriteContext context,
			PendingLog.Entry entry) {
		Object key = letter.key();
		long sequence = this.chains.addIfNone(key, value, context, entry, System.nanoTime(),
				() -> this.deadLetters.remove(letter));
		if (sequence == 0) {
			entry.cancel();
			return false;
		}
		this.deadLetters.forgotten(letter);
		added(key, sequence, true);
		return true;
	}

	private void added(Object key, long sequence, boolean queued) {
		accepted(key, sequence);
		if (!this.abandoned) {
			if (queued) {
				onQueued(key);
			}
			if (this.flusher.isTooMuch()) {
				flushAllSoon();
			}
		}
	}

	private void onQueued(Object key) {
		this.flusher.onQueued();
		if (this.requests.coverKey(key)) {
			this.chains.expedite(key);
		}
	}

	private void coalesced(Object key, long sequence) {
		this.counters.coalesced.increment();
		accepted(key, sequence);
	}

	private void accepted(Object key, long sequence) {
		this.deadLetters.supersede(key, sequence);
		if (this.abandoned) {
			// It came after the drain, which did not wait long enough
			this.settlement.abandoned(this.census.list().stream().filter((write) -> write.key().equals(key)).toList());
		}
	}

	/**
	 * Make everything due, unless that was done and the flusher has not come that far.
	 */
	private void flushAllSoon() {
		Marker last = this.fullness.get();
		if ((last == null || last.isPassed()) && this.fullness.compareAndSet(last, new Marker())) {
			this.fullness.set(this.queue.mark());
			this.flusher.signal();
		}
	}

	/**
	 * Room that was taken, with what is going to need it. Used by one thread.
	 */
	private final class Reserved implements PendingWrites.Reservation {

		private final Map<Object, Prepared> prepared = new LinkedHashMap<>();

		/**
		 * How many permits are left.
		 */
		private int permits;

		private PendingLog.@Nullable Promise promise;

		Reserved(int permits) {
			this.permits = permits;
		}

		/**
		 * Make writes ready for the log.
		 * @param writes the values by key
		 * @return {@code false} if the log can't take them
		 */
		boolean prepareAll(Map<Object, Object> writes) {
			for (Map.Entry<Object, Object> write : writes.entrySet()) {
				PendingLog.Entry entry = Acceptance.this.prepare(write.getKey(), write.getValue());
				if (entry == null) {
					return false;
				}
				this.prepared.put(write.getKey(), new Prepared(write.getValue(), entry));
			}
			return true;
		}

		@Override
		public boolean promise() {
			this.promise = Acceptance.this.log.promise(this.prepared.values().stream().map(Prepared::entry).toList());
			return this.promise != null;
		}

		@Override
		public void commit() {
			if (this.promise != null) {
				this.promise.commit();
			}
		}

		@Override
		public void accept(Object key, Object value) {
			// Before the room is taken, as it may fail
			WriteContext context = Acceptance.this.contexts.capture();
			PendingLog.Entry entry = take(key, value);
			Acceptance.this.accept(key, value, context, entry);
		}

		@Override
		public boolean replay(DeadLetter letter, Object value) {
			WriteContext context = Acceptance.this.contexts.capture();
			PendingLog.Entry entry = take(letter.key(), value);
			boolean accepted = acceptIfKept(letter, value, context, entry);
			if (accepted && this.promise == null) {
				// No one writes it through who fails to record it: it is pending
				Acceptance.this.log.force();
			}
			return accepted;
		}

		/**
		 * Take the permit of a key, which is the taker's from now on.
		 * @param key the key
		 * @param value the value, which may be another one than before the commit
		 * @return its entry
		 */
		private PendingLog.Entry take(Object key, Object value) {
			Prepared write = this.prepared.get(key);
			if (write == null) {
				throw new IllegalStateException("No room was reserved for the key");
			}
			PendingLog.Entry entry = write.entry();
			if (write.value() != value) {
				// May fail: the room is still the reservation's then
				entry = again(key, value, write.entry());
			}
			this.prepared.remove(key);
			this.permits--;
			return entry;
		}

		/**
		 * Make a write ready whose value is another one than before the commit.
		 * @param key the key
		 * @param value the value
		 * @param before the entry of the value before
		 * @return the entry
		 */
		private PendingLog.Entry again(Object key, Object value, PendingLog.Entry before) {
			PendingLog.Entry entry = Acceptance.this.log.prepare(key, value);
			// If there is no room, what is recorded is what it was before the commit
			return (entry != null) ? new SuccessorEntry(entry, before) : before;
		}

		@Override
		public void release(Collection<?> keys) {
			int count = 0;
			for (Object key : keys) {
				Prepared write = this.prepared.remove(key);
				if (write != null) {
					write.entry().cancel();
					count++;
				}
			}
			giveBack(count);
		}

		@Override
		public void cancel() {
			this.prepared.values().forEach((write) -> write.entry().cancel());
			this.prepared.clear();
			giveBack(this.permits);
			if (this.promise != null) {
				this.promise.end();
				this.promise = null;
			}
		}

		private void giveBack(int count) {
			this.permits -= count;
			Acceptance.this.room.release(count);
		}

	}

	/**
	 * An entry that takes the place of another one.
	 *
	 * @param entry the entry
	 * @param before the other one, which is given up not before that
	 */
	private record SuccessorEntry(PendingLog.Entry entry, PendingLog.Entry before) implements PendingLog.Entry {

		@Override
		public void append(long sequence, PendingLog.Revision revision) {
			this.entry.append(sequence, revision);
			this.before.cancel();
		}

		@Override
		public void cancel() {
			this.entry.cancel();
			this.before.cancel();
		}

	}

	/**
	 * A write for which room was taken.
	 *
	 * @param value the value as it was then
	 * @param entry records it
	 */
	private record Prepared(Object value, PendingLog.Entry entry) {

	}

}
