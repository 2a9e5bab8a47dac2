package io.cachepolicy.writeback;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.settings.Durations;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.writeback.PendingWrite.State;
import io.cachepolicy.writeback.WriteChains.Claim;
import org.jspecify.annotations.Nullable;

/**
 * Knows which pending writes are due, and claims them batch by batch.
 * <p>
 * Everything that is pending is due when the oldest write is older than the flush
 * interval. Otherwise a write is due when it stands before a {@link Marker}, is urgent,
 * its retry has come, what it waits for is stored, or too much is pending.
 * <p>
 * Used by one flusher at a time, the one that has its turn; only {@link #putBack},
 * {@link #timedOut} and {@link #answered} may be called by others. A write that waits is
 * in exactly one of the queue of the {@link WriteChains}, the {@link Sweep}, the
 * returned ones, the retries and the blocked ones; who was claimed as an urgent one may
 * be left behind in the queue or the sweep.
 */
final class DueWrites {

	private static final long CLOSING_WAIT = TimeUnit.MILLISECONDS.toNanos(250);

	private static final long BLOCKED_WAIT = TimeUnit.SECONDS.toNanos(1);

	/**
	 * How many batches are put in order together: more hardly make a batch denser.
	 */
	private static final int SWEEP_BATCHES = 32;

	/**
	 * How many rows of one cache that refer to each other are taken at once: what is
	 * deeper waits, as the stack is not endless.
	 */
	private static final int DEEPEST = 100;

	private final WriteChains pending;

	private final FlushRequests requests;

	private final WriteBackSpec spec;

	private final Pace pace;

	private final FlushOrder order;

	private final int threshold;

	private final long flushInterval;

	private final Sweep sweep;

	private final Queue<PendingWrite> returned = new ConcurrentLinkedQueue<>();

	private final Set<PendingWrite> retries = new LinkedHashSet<>();

	private final Map<PendingWrite, Prerequisite> blocked = new LinkedHashMap<>();

	/**
	 * The size of the next batch: smaller than the settings say after one took too long.
	 */
	private volatile int batchSize;

	private volatile boolean waiting;

	private boolean queued;

	private long rounds;

	DueWrites(WriteChains pending, FlushRequests requests, WriteBackSpec spec, FlushOrder order) {
		this.pending = pending;
		this.requests = requests;
		this.spec = spec;
		this.pace = Pace.of(spec);
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
		return this.pending.taken() >= this.threshold;
	}

	/**
	 * Return whether writes wait for those of other caches.
	 * @return whether the flusher is to look again when others stored something
	 */
	boolean isWaiting() {
		return this.waiting;
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
		this.pending.enqueue(write);
		if (!this.pending.isCoalescing() || this.requests.cover(write) || isOld(write, System.nanoTime())) {
			// It is the last one of the queue, where younger ones stand before it
			this.pending.expedite(write.key());
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
		return (wait > 0 || hurry) ? wait : this.pace.nanosUntil(this.pending.size());
	}

	private void collectReturned() {
		for (PendingWrite write = this.returned.poll(); write != null; write = this.returned.poll()) {
			this.retries.add(write);
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
		PendingWrite oldest = this.pending.peek();
		this.queued = oldest != null;
		if (!this.sweep.isEmpty() || this.pending.hasUrgent() || (oldest != null && isDue(oldest, now, hurry))
				|| isUnblocked()) {
			return 0;
		}
		long wait = (hurry) ? CLOSING_WAIT : Long.MAX_VALUE;
		if (!this.blocked.isEmpty()) {
			wait = Math.min(wait, BLOCKED_WAIT);
		}
		if (oldest != null) {
			wait = Math.min(wait, oldest.since() + this.flushInterval - now);
		}
		for (PendingWrite write : this.retries) {
			wait = Math.min(wait, retryAt(write, now, hurry) - now);
		}
		return wait;
	}

	private boolean isUnblocked() {
		Map<Prerequisite, Boolean> known = new HashMap<>();
		return this.blocked.entrySet().stream().anyMatch((entry) -> {
			Prerequisite condition = entry.getValue();
			return !condition.concerns(entry.getKey()) || isMet(condition, known);
		});
	}

	/**
	 * Ask a condition once, as many writes may share one that is costly to ask.
	 * @param condition the condition
	 * @param known what was asked before
	 * @return whether it is met
	 */
	private static boolean isMet(Prerequisite condition, Map<Prerequisite, Boolean> known) {
		return known.computeIfAbsent(condition, Prerequisite::isMet);
	}

	private static long retryAt(PendingWrite write, long now, boolean hurry) {
		Attempts attempts = write.attempts();
		return (attempts != null) ? attempts.retryAt(hurry) : now;
	}

	private boolean isDue(PendingWrite oldest, long now, boolean hurry) {
		return hurry || this.pending.hasMarkers() || this.pending.hasBlocked() || isTooMuch() || isOld(oldest, now);
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
		Batch batch = new Batch(limit, ++this.rounds);
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
		this.waiting = !this.blocked.isEmpty();
		if (!hurry) {
			this.pace.giveBack(limit - batch.claims.size());
		}
		return batch.claims;
	}

	private void takeUrgent(Batch batch) {
		while (batch.hasRoom()) {
			Object key = this.pending.pollUrgent();
			if (key == null) {
				return;
			}
			PendingWrite head = this.pending.head(key);
			if (head != null && !isAside(head)) {
				batch.claim(head);
			}
		}
	}

	/**
	 * Return whether a write waits elsewhere than in the queue.
	 * @param write the write
	 * @return whether its time has not come, although it is urgent
	 */
	private boolean isAside(PendingWrite write) {
		return this.retries.contains(write) || this.blocked.containsKey(write);
	}

	private void takeUnblocked(Batch batch) {
		Map<Prerequisite, Boolean> known = new HashMap<>();
		for (Map.Entry<PendingWrite, Prerequisite> entry : List.copyOf(this.blocked.entrySet())) {
			if (!batch.hasRoom()) {
				return;
			}
			PendingWrite write = entry.getKey();
			Prerequisite condition = entry.getValue();
			if (write.state() != State.WAITING) {
				this.blocked.remove(write);
			}
			else if (isMet(condition, known)) {
				this.blocked.remove(write);
				batch.claimUnblocked(write, condition);
			}
			else if (!condition.concerns(write)) {
				this.blocked.remove(write);
				batch.claim(write);
			}
		}
	}

	private void takeRetries(Batch batch, long now, boolean hurry) {
		Iterator<PendingWrite> writes = List.copyOf(this.retries).iterator();
		while (writes.hasNext() && batch.hasRoom()) {
			PendingWrite write = writes.next();
			if (write.state() != State.WAITING) {
				this.retries.remove(write);
			}
			else if (retryAt(write, now, hurry) <= now) {
				this.retries.remove(write);
				batch.claim(write);
			}
		}
	}

	private void takeQueued(Batch batch, long now, boolean hurry) {
		PendingWrite first = this.pending.peek();
		if (first != null && isOld(first, now) && !this.pending.hasMarkers()) {
			// The age of one write is a flush of all, so that batches are large: a key is
			// still stored once per interval at the most
			this.pending.mark();
		}
		while (batch.hasRoom()) {
			if (this.sweep.isEmpty()) {
				fillSweep(now, hurry);
			}
			PendingWrite next = this.sweep.poll();
			if (next == null) {
				return;
			}
			if (!isAside(next)) {
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
		PendingWrite oldest = this.pending.peek();
		long passed = this.pending.passed();
		while (oldest != null && this.pending.passed() == passed && isDue(oldest, now, hurry)
				&& this.sweep.accepts(oldest)) {
			this.pending.removePeeked();
			this.sweep.add(oldest);
			oldest = this.pending.peek();
		}
		this.sweep.order();
	}

	/**
	 * A batch that is being put together.
	 */
	private final class Batch {

		private final int limit;

		private final long round;

		private final List<Claim> claims = new ArrayList<>();

		private final Map<PendingWrite, Claim> claimed = new IdentityHashMap<>();

		private final Map<PendingWrite, List<PendingWrite>> referred = new IdentityHashMap<>();

		private int depth;

		Batch(int limit, long round) {
			this.limit = limit;
			this.round = round;
		}

		boolean hasRoom() {
			return this.claims.size() < this.limit;
		}

		void claim(PendingWrite write) {
			claim(write, write.sequence(), null);
		}

		void claimUnblocked(PendingWrite write, Prerequisite met) {
			claim(write, write.sequence(), met);
		}

		private void claim(PendingWrite write, long position, @Nullable Prerequisite met) {
			Claim claim = DueWrites.this.pending.claim(write, position);
			if (claim == null) {
				return;
			}
			this.claimed.put(write, claim);
			Prerequisite condition = condition(claim, met);
			if (condition == null) {
				this.claims.add(claim);
			}
			else {
				this.claimed.remove(write);
				DueWrites.this.pending.giveBack(claim);
				DueWrites.this.blocked.put(write, condition);
			}
		}

		private @Nullable Prerequisite condition(Claim claim, @Nullable Prerequisite met) {
			FlushOrder order = DueWrites.this.order;
			if (claim.isDelete()) {
				return (met instanceof FlushOrder.DeleteBarrier) ? null : order.ofDelete(this.round);
			}
			Prerequisite condition = order.ofPut(claim, met, (referred) -> pull(referred, claim));
			return (condition != null && leadsTo(condition, claim.write())) ? order.ofOthers(condition) : condition;
		}

		/**
		 * Take a row to which another one refers.
		 * @param write the write of the row
		 * @param referring the claim of the other one
		 * @return what to wait for, {@code null} if the row is in this batch
		 */
		private @Nullable Prerequisite pull(PendingWrite write, Claim referring) {
			this.referred.computeIfAbsent(referring.write(), (key) -> new ArrayList<>()).add(write);
			if (this.claimed.containsKey(write)) {
				advance(write, referring.position());
				return null;
			}
			Prerequisite condition = DueWrites.this.blocked.get(write);
			if (condition != null && condition.concerns(write) && !condition.isMet()) {
				return condition;
			}
			if (!DueWrites.this.retries.contains(write)) {
				claimReferred(write, referring.position());
			}
			if (this.claimed.containsKey(write)) {
				return null;
			}
			condition = DueWrites.this.blocked.get(write);
			return (condition != null) ? condition : DueWrites.this.order.stored(write);
		}

		private void claimReferred(PendingWrite write, long position) {
			if (this.depth == DEEPEST) {
				DueWrites.this.pending.expedite(write.key());
				return;
			}
			this.depth++;
			DueWrites.this.blocked.remove(write);
			claim(write, Math.min(write.sequence(), position), null);
			this.depth--;
		}

		/**
		 * Let a row that is in this batch, and those to which it refers, be stored before
		 * another one.
		 * @param write the write of the row
		 * @param position the position of the other one
		 */
		private void advance(PendingWrite write, long position) {
			Deque<PendingWrite> open = new ArrayDeque<>(List.of(write));
			while (!open.isEmpty()) {
				PendingWrite next = open.remove();
				Claim claim = this.claimed.get(next);
				if (claim != null && claim.position() > position) {
					claim.position(position);
					open.addAll(this.referred.getOrDefault(next, List.of()));
				}
			}
		}

		/**
		 * Return whether a condition can't be met before a write was stored, as what it
		 * awaits waits for that write itself.
		 * @param condition the condition
		 * @param write the write
		 * @return whether the write would wait for itself
		 */
		private boolean leadsTo(Prerequisite condition, PendingWrite write) {
			FlushOrder order = DueWrites.this.order;
			Set<PendingWrite> seen = Collections.newSetFromMap(new IdentityHashMap<>());
			Deque<PendingWrite> open = new ArrayDeque<>(order.awaitedHere(condition));
			while (!open.isEmpty()) {
				PendingWrite next = open.remove();
				if (next == write) {
					return true;
				}
				if (seen.add(next)) {
					open.addAll(order.awaitedHere(DueWrites.this.blocked.get(next)));
				}
			}
			return false;
		}

	}

}
