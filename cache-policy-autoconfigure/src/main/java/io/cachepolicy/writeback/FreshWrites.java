package io.cachepolicy.writeback;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

import io.cachepolicy.settings.Durations;
import io.cachepolicy.settings.WriteBackSpec;
import org.jspecify.annotations.Nullable;

/**
 * Writes that were never tried: in the queue, taken out of it to be put in order, urgent,
 * or given back by a batch that did not come to them. Used by the flusher that has its
 * turn; only {@link #isTooMuch} and {@link #isOld} may be called by others.
 */
final class FreshWrites {

	/**
	 * How many batches are put in order together: more hardly make a batch denser.
	 */
	private static final int SWEEP_BATCHES = 32;

	private final Room room;

	private final WriteQueue queue;

	private final WriteChains chains;

	private final int threshold;

	private final long flushInterval;

	private final Sweep sweep;

	private final Deque<PendingWrite> resumed = new ArrayDeque<>();

	private boolean queued;

	FreshWrites(PendingParts pending, WriteBackSpec spec) {
		this.room = pending.room();
		this.queue = pending.queue();
		this.chains = pending.chains();
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

	boolean isOld(PendingWrite write, long now) {
		return now - write.since() >= this.flushInterval;
	}

	/**
	 * Take back writes of a batch that did not come to them.
	 * @param writes the writes, in their order
	 */
	void resume(List<PendingWrite> writes) {
		for (int i = writes.size() - 1; i >= 0; i--) {
			this.resumed.addFirst(writes.get(i));
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

	/**
	 * Return when there is something to claim.
	 * @param now the time in nanoseconds
	 * @param hurry whether everything is due, because the cache is closing
	 * @return the nanoseconds to wait, {@link Long#MAX_VALUE} if nothing is here
	 */
	long nanosUntilDue(long now, boolean hurry) {
		PendingWrite oldest = this.queue.peek();
		this.queued = oldest != null;
		if (!this.resumed.isEmpty() || !this.sweep.isEmpty() || this.queue.hasUrgent()
				|| (oldest != null && isDue(oldest, now, hurry))) {
			return 0;
		}
		return (oldest != null) ? oldest.since() + this.flushInterval - now : Long.MAX_VALUE;
	}

	private boolean isDue(PendingWrite oldest, long now, boolean hurry) {
		return hurry || this.queue.hasMarkers() || this.room.hasBlocked() || isTooMuch() || isOld(oldest, now);
	}

	/**
	 * Claim what is due.
	 * @param batch where it is claimed
	 * @param elsewhere tells of a write whether it waits elsewhere, although it is queued
	 * or urgent
	 * @param now the time in nanoseconds
	 * @param hurry whether everything is due
	 */
	void take(Batch batch, Predicate<PendingWrite> elsewhere, long now, boolean hurry) {
		while (batch.hasRoom() && !this.resumed.isEmpty()) {
			batch.claim(this.resumed.poll());
		}
		if (batch.round() % 2 == 1) {
			takeUrgent(batch, elsewhere);
			takeQueued(batch, elsewhere, now, hurry);
		}
		else {
			// Evictions may make keys urgent faster than the store takes them
			takeQueued(batch, elsewhere, now, hurry);
			takeUrgent(batch, elsewhere);
		}
	}

	/**
	 * Claim of what is due what was accepted last.
	 * @param batch where it is claimed
	 * @param count how many writes are wanted
	 * @param elsewhere tells of a write whether it waits elsewhere
	 * @param now the time in nanoseconds
	 * @param hurry whether everything is due
	 */
	void takeYoungest(Batch batch, int count, Predicate<PendingWrite> elsewhere, long now, boolean hurry) {
		markIfOld(now);
		while (fillSweep(now, hurry)) {
			// All of what is due: the youngest stand behind it
		}
		while (batch.hasRoom() && batch.size() < count) {
			PendingWrite youngest = pollYoungest();
			if (youngest == null) {
				return;
			}
			if (!elsewhere.test(youngest)) {
				batch.claim(youngest);
			}
		}
	}

	private @Nullable PendingWrite pollYoungest() {
		PendingWrite resumed = this.resumed.stream().max(Comparator.comparingLong(PendingWrite::sequence)).orElse(null);
		PendingWrite swept = this.sweep.peekYoungest();
		if (resumed == null || (swept != null && swept.sequence() > resumed.sequence())) {
			return this.sweep.pollYoungest();
		}
		this.resumed.remove(resumed);
		return resumed;
	}

	private void takeUrgent(Batch batch, Predicate<PendingWrite> elsewhere) {
		while (batch.hasRoom()) {
			Object key = this.chains.pollUrgent();
			if (key == null) {
				return;
			}
			PendingWrite head = this.chains.head(key);
			if (head != null && !elsewhere.test(head)) {
				batch.claim(head);
			}
		}
	}

	private void takeQueued(Batch batch, Predicate<PendingWrite> elsewhere, long now, boolean hurry) {
		markIfOld(now);
		while (batch.hasRoom()) {
			if (this.sweep.isEmpty()) {
				fillSweep(now, hurry);
			}
			PendingWrite next = this.sweep.poll();
			if (next == null) {
				return;
			}
			if (!elsewhere.test(next)) {
				batch.claim(next);
			}
		}
	}

	private void markIfOld(long now) {
		PendingWrite first = this.queue.peek();
		if (first != null && isOld(first, now) && !this.queue.hasMarkers()) {
			// The age of one write is a flush of all, so that batches are large: a key is
			// still stored once per interval at the most
			this.queue.mark();
		}
	}

	/**
	 * Take what is due out of the queue, to put it in order. What stands behind a marker
	 * is not mixed with what stands before it, for which someone waits.
	 * @param now the time in nanoseconds
	 * @param hurry whether everything is due
	 * @return whether something was due
	 */
	private boolean fillSweep(long now, boolean hurry) {
		PendingWrite oldest = this.queue.peek();
		boolean due = oldest != null && isDue(oldest, now, hurry);
		long passed = this.queue.passed();
		while (oldest != null && this.queue.passed() == passed && isDue(oldest, now, hurry)
				&& this.sweep.accepts(oldest)) {
			this.queue.removePeeked();
			this.sweep.add(oldest);
			oldest = this.queue.peek();
		}
		this.sweep.order();
		return due;
	}

}
