package io.cachepolicy.writeback;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.settings.Durations;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.writeback.PendingWrite.State;

/**
 * Knows which pending writes are due, and claims them batch by batch.
 * <p>
 * Everything that is pending is due when the oldest write is older than the flush
 * interval. Otherwise a write is due when it stands before a {@link Marker}, is urgent,
 * its retry has come, what it waits for is stored, or too much is pending.
 * <p>
 * Used by one flusher at a time, the one that has its turn; only {@link #putBack},
 * {@link #timedOut} and {@link #answered} may be called by others. A write that waits is
 * in exactly one of the queue of the {@link WriteChains}, the {@link Sweep}, the returned
 * ones, the retries and the blocked ones; a write that was claimed as an urgent one may
 * be left behind in the queue or the sweep.
 */
final class DueWrites {

	private static final long CLOSING_WAIT = TimeUnit.MILLISECONDS.toNanos(250);

	private static final long BLOCKED_WAIT = TimeUnit.SECONDS.toNanos(1);

	/**
	 * How many batches are put in order together: more hardly make a batch denser.
	 */
	private static final int SWEEP_BATCHES = 32;

	private final Room room;

	private final WriteQueue queue;

	private final WriteChains chains;

	private final FlushRequests requests;

	private final WriteBackSpec spec;

	private final Pace pace;

	private final FlushOrder order;

	private final int threshold;

	private final long flushInterval;

	private final Sweep sweep;

	private final Queue<PendingWrite> returned = new ConcurrentLinkedQueue<>();

	private final Aside aside = new Aside();

	/**
	 * The size of the next batch: smaller than the settings say after one took too long.
	 */
	private volatile int batchSize;

	private boolean queued;

	private long rounds;

	DueWrites(PendingParts pending, FlushRequests requests, WriteBackSpec spec, FlushOrder order) {
		this.room = pending.room();
		this.queue = pending.queue();
		this.chains = pending.chains();
		this.requests = requests;
		this.spec = spec;
		this.pace = Paces.of(spec);
		this.order = order;
		this.batchSize = spec.batchSize();
		this.flushInterval = Durations.toNanos(spec.flushInterval());
		// Before writers have to wait for room
		this.threshold = Math.min(spec.flushThreshold(), spec.maxPending() - spec.maxPending() / 5);
		// At a limited pace the oldest come first, as the last ones may wait long
		this.sweep = new Sweep((spec.maxWritesPerSecond() > 0) ? 1 : SWEEP_BATCHES * (long) spec.batchSize());
	}

	/**
	 * Return whether so much is pending that it is to be flushed, whatever its age.
	 * @return whether everything is due
	 */
	boolean isTooMuch() {
		return this.room.taken() >= this.threshold;
	}

	/**
	 * Put back what a claim left behind: the write itself, or the next one of its key.
	 * @param write the write that is waiting now
	 * @param failed whether it was given back, and did not just become the oldest
	 */
	void putBack(PendingWrite write, boolean failed) {
		if (failed) {
			this.returned.add(write);
			return;
		}
		this.queue.add(write);
		if (!this.chains.isCoalescing() || this.requests.cover(write) || isOld(write, System.nanoTime())) {
			// It is the last one of the queue, where younger ones stand before it
			this.chains.expedite(write.key());
		}
	}

	/**
	 * Take less at a time, after a batch took too long for the store. What was given back
	 * is tried again after what was given back before, so that a row that is always too
	 * slow comes alone in the end, and keeps no other one from being stored.
	 * @param size the size of the batch
	 */
	void timedOut(int size) {
		this.batchSize = Math.max(1, size / 2);
	}

	/**
	 * Take more at a time again, up to what the settings say, after a batch that took not
	 * too long.
	 */
	void answered() {
		int size = this.batchSize;
		if (size < this.spec.batchSize()) {
			this.batchSize = (int) Math.min(this.spec.batchSize(), 2L * size);
		}
	}

	/**
	 * Return when there is something to claim.
	 * @param now the time in nanoseconds
	 * @param hurry whether everything is due, because the cache is closing
	 * @return the nanoseconds to wait, 0 if there is something now
	 */
	long nanosUntilDue(long now, boolean hurry) {
		collectReturned();
		long wait = nanosUntilNextWrite(now, hurry);
		return (wait > 0 || hurry) ? wait : this.pace.nanosUntil(this.room.size());
	}

	private void collectReturned() {
		for (PendingWrite write = this.returned.poll(); write != null; write = this.returned.poll()) {
			this.aside.retry(write);
		}
	}

	/**
	 * Return whether the last look found a write in the queue. What is queued behind it
	 * is due later, so that nobody needs to tell of it.
	 * @return whether the time to wait is one that counts with the queue
	 */
	boolean hasQueued() {
		return this.queued;
	}

	private long nanosUntilNextWrite(long now, boolean hurry) {
		PendingWrite oldest = this.queue.peek();
		this.queued = oldest != null;
		if (!this.sweep.isEmpty() || this.queue.hasUrgent() || (oldest != null && isDue(oldest, now, hurry))
				|| this.aside.hasUnblocked()) {
			return 0;
		}
		long wait = (hurry) ? CLOSING_WAIT : Long.MAX_VALUE;
		if (this.aside.hasBlocked()) {
			wait = Math.min(wait, BLOCKED_WAIT);
		}
		if (oldest != null) {
			wait = Math.min(wait, oldest.since() + this.flushInterval - now);
		}
		for (PendingWrite write : this.aside.retries()) {
			wait = Math.min(wait, retryAt(write, now, hurry) - now);
		}
		return wait;
	}

	private static long retryAt(PendingWrite write, long now, boolean hurry) {
		Attempts attempts = write.attempts();
		return (attempts != null) ? attempts.retryAt(hurry) : now;
	}

	private boolean isDue(PendingWrite oldest, long now, boolean hurry) {
		return hurry || this.queue.hasMarkers() || this.room.hasBlocked() || isTooMuch() || isOld(oldest, now);
	}

	private boolean isOld(PendingWrite write, long now) {
		return now - write.since() >= this.flushInterval;
	}

	/**
	 * Claim what is due, up to the size of a batch. What has to be stored before a
	 * claimed row comes on top.
	 * @param now the time in nanoseconds
	 * @param hurry whether everything is due, whatever its pace
	 * @return the claims
	 */
	List<Claim> take(long now, boolean hurry) {
		int limit = (hurry) ? this.batchSize : this.pace.take(this.batchSize);
		Batch batch = new Batch(this.chains, this.aside, this.order, limit, ++this.rounds);
		takeUnblocked(batch);
		takeRetries(batch, now, hurry);
		if (this.rounds % 2 == 1) {
			takeUrgent(batch);
			takeQueued(batch, now, hurry);
		}
		else {
			// Evictions may make keys urgent faster than the store takes them
			takeQueued(batch, now, hurry);
			takeUrgent(batch);
		}
		this.order.waiting(this.aside.hasBlocked());
		if (!hurry) {
			this.pace.giveBack(limit - batch.claims().size());
		}
		return batch.claims();
	}

	private void takeUrgent(Batch batch) {
		while (batch.hasRoom()) {
			Object key = this.chains.pollUrgent();
			if (key == null) {
				return;
			}
			PendingWrite head = this.chains.head(key);
			if (head != null && !this.aside.contains(head)) {
				batch.claim(head);
			}
		}
	}

	private void takeUnblocked(Batch batch) {
		Aside.Answers answers = new Aside.Answers();
		for (Map.Entry<PendingWrite, Prerequisite> entry : this.aside.blocked().entrySet()) {
			if (!batch.hasRoom()) {
				return;
			}
			PendingWrite write = entry.getKey();
			Prerequisite prerequisite = entry.getValue();
			if (write.state() != State.WAITING) {
				this.aside.unblock(write);
			}
			else if (answers.isMet(prerequisite)) {
				this.aside.unblock(write);
				batch.claimUnblocked(write, prerequisite);
			}
			else if (!prerequisite.concerns(write)) {
				this.aside.unblock(write);
				batch.claim(write);
			}
		}
	}

	private void takeRetries(Batch batch, long now, boolean hurry) {
		for (PendingWrite write : List.copyOf(this.aside.retries())) {
			if (!batch.hasRoom()) {
				return;
			}
			if (write.state() != State.WAITING) {
				this.aside.removeRetry(write);
			}
			else if (retryAt(write, now, hurry) <= now) {
				this.aside.removeRetry(write);
				batch.claim(write);
			}
		}
	}

	private void takeQueued(Batch batch, long now, boolean hurry) {
		PendingWrite first = this.queue.peek();
		if (first != null && isOld(first, now) && !this.queue.hasMarkers()) {
			// The age of one write is a flush of all, so that batches are large: a key is
			// still stored once per interval at the most
			this.queue.mark();
		}
		while (batch.hasRoom()) {
			if (this.sweep.isEmpty()) {
				fillSweep(now, hurry);
			}
			PendingWrite next = this.sweep.poll();
			if (next == null) {
				return;
			}
			if (!this.aside.contains(next)) {
				batch.claim(next);
			}
		}
	}

	/**
	 * Take what is due out of the queue, to put it in order. What stands behind a marker
	 * is not mixed with what stands before it, for which someone waits.
	 * @param now the time in nanoseconds
	 * @param hurry whether everything is due
	 */
	private void fillSweep(long now, boolean hurry) {
		PendingWrite oldest = this.queue.peek();
		long passed = this.queue.passed();
		while (oldest != null && this.queue.passed() == passed && isDue(oldest, now, hurry)
				&& this.sweep.accepts(oldest)) {
			this.queue.removePeeked();
			this.sweep.add(oldest);
			oldest = this.queue.peek();
		}
		this.sweep.order();
	}

}
