package io.cachepolicy.writeback;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.settings.WriteBackSpec;
import org.jspecify.annotations.Nullable;

/**
 * Knows which pending writes are due, and claims them batch by batch.
 * <p>
 * Everything that is pending is due when the oldest write is older than the flush
 * interval. Otherwise a write is due when it stands before a {@link Marker}, is urgent,
 * its retry has come, what it waits for is stored, or too much is pending.
 * <p>
 * <b>Shares.</b> Writes that were never tried do not wait for those that failed: a batch
 * has writes of one kind only, and while both are due, they take turns of equal length.
 * Of several flush threads, at most every second one tries again what failed. In a hurry,
 * what was never tried comes first. Nor do they wait for all the others that are to fail
 * for the first time: after a batch whose rows were at fault, every other one is taken
 * from the {@link FlushEnds other end}.
 * <p>
 * Used by one flusher at a time, the one that has its turn; only the methods of
 * {@link ReturnedWrites}, {@link #ended} and {@link #isTooMuch} may be called by others.
 * A write that waits is in exactly one of the queue of the {@link WriteChains},
 * {@link FreshWrites}, {@link TroubledWrites} and {@link BlockedWrites}, or is about to
 * be {@link #returned}; a write that was claimed as an urgent one may be left behind in
 * the queue or the sweep.
 */
final class DueWrites implements ReturnedWrites {

	private static final long CLOSING_WAIT = TimeUnit.MILLISECONDS.toNanos(250);

	private static final long BLOCKED_WAIT = TimeUnit.SECONDS.toNanos(1);

	private final Room room;

	private final WriteQueue queue;

	private final PendingParts pending;

	private final WriteChains chains;

	private final FlushRequests requests;

	private final WriteBackSpec spec;

	private final Pace pace;

	private final FlushOrder order;

	private final Availability store;

	private final FreshWrites fresh;

	private final TroubledWrites troubled;

	private final BlockedWrites blocked = new BlockedWrites();

	private final FlushShares shares;

	private final FlushEnds ends;

	/**
	 * What batches leave to the flusher that has its turn.
	 */
	private final Queue<Runnable> returned = new ConcurrentLinkedQueue<>();

	private long rounds;

	private boolean untried;

	/**
	 * Create the due writes of a cache.
	 * @param pending the pending writes
	 * @param requests what is waited for
	 * @param spec the settings
	 * @param order the order that foreign keys demand
	 * @param store whether the store takes writes of this cache
	 */
	DueWrites(PendingParts pending, FlushRequests requests, WriteBackSpec spec, FlushOrder order, Availability store) {
		this.room = pending.room();
		this.queue = pending.queue();
		this.pending = pending;
		this.chains = pending.chains();
		this.requests = requests;
		this.spec = spec;
		this.pace = Paces.of(spec);
		this.order = order;
		this.store = store;
		this.ends = new FlushEnds(spec.batchSize());
		this.fresh = new FreshWrites(pending, spec);
		this.troubled = new TroubledWrites(spec.batchSize());
		this.shares = new FlushShares(spec.flushThreads());
	}

	/**
	 * Return whether so much is pending that it is to be flushed, whatever its age.
	 * @return whether everything is due
	 */
	boolean isTooMuch() {
		return this.fresh.isTooMuch();
	}

	// ---- What batches leave ----

	@Override
	public void untried(List<PendingWrite> writes) {
		this.returned.add(() -> this.fresh.resume(writes));
	}

	@Override
	public void suspected(Suspects group) {
		this.returned.add(() -> this.troubled.add(group));
	}

	@Override
	public void failed(PendingWrite write) {
		this.returned.add(() -> this.troubled.retry(write));
	}

	@Override
	public void next(PendingWrite write) {
		this.queue.add(write);
		if (!this.chains.isCoalescing() || write.isAwaited() || this.requests.cover(write)
				|| this.fresh.isOld(write, System.nanoTime())) {
			// It is the last one of the queue, where younger ones stand before it
			this.chains.expedite(write.key());
		}
	}

	/**
	 * Learn from a batch that has ended.
	 * @param due the batch
	 * @param report how it went
	 * @param nanos how long it took
	 */
	void ended(Due due, BatchReport report, long nanos) {
		this.shares.ended(due.isFresh(), nanos);
		if (!due.isFresh()) {
			this.returned.add(() -> this.troubled.tried(report.stored()));
		}
		else {
			this.ends.ended(due.youngest(), due.claims().size(), report);
		}
	}

	// ---- The flusher ----

	/**
	 * Return when there is something to claim.
	 * @param now the time in nanoseconds
	 * @param hurry whether everything is due, because the cache is closing
	 * @return the nanoseconds to wait, 0 if there is something now
	 */
	long nanosUntilDue(long now, boolean hurry) {
		collectReturned();
		long fresh = nanosUntilFresh(now, hurry);
		long wait = Math.min(fresh, nanosUntilTroubled(now, hurry, fresh <= 0));
		if (hurry) {
			return Math.min(wait, CLOSING_WAIT);
		}
		if (!this.blocked.isEmpty()) {
			wait = Math.min(wait, BLOCKED_WAIT);
		}
		return (wait > 0) ? wait : this.pace.nanosUntil(this.room.size());
	}

	private void collectReturned() {
		for (Runnable next = this.returned.poll(); next != null; next = this.returned.poll()) {
			next.run();
		}
	}

	/**
	 * Return whether the last look found a write in the queue. What is queued behind it
	 * is due later, so that nobody needs to tell of it.
	 * @return whether the time to wait is one that counts with the queue
	 */
	boolean hasQueued() {
		return this.fresh.hasQueued();
	}

	/**
	 * Return whether the last look found that something is due that was never tried.
	 * @return whether it is worth a try though others failed
	 */
	boolean hasUntried() {
		return this.untried;
	}

	private long nanosUntilFresh(long now, boolean hurry) {
		// The queue is looked at in any case
		long fresh = this.fresh.nanosUntilDue(now, hurry);
		this.untried = fresh <= 0;
		return (this.blocked.hasUnblocked()) ? 0 : fresh;
	}

	private long nanosUntilTroubled(long now, boolean hurry, boolean freshIsDue) {
		if (this.troubled.isEmpty() || !this.shares.mayTry(hurry, freshIsDue)) {
			// The end of a batch is a signal
			return Long.MAX_VALUE;
		}
		return Math.max(this.troubled.nanosUntilDue(now, hurry), this.store.nanosUntilCall(now, hurry));
	}

	/**
	 * Claim what is due, up to the size of a batch. What has to be stored before a
	 * claimed row comes on top.
	 * @param now the time in nanoseconds
	 * @param hurry whether everything is due, whatever its pace
	 * @param one whether one write is enough, as the store may be away
	 * @return the claims, {@code null} if there is none
	 */
	@Nullable Due take(long now, boolean hurry, boolean one) {
		int size = (one) ? 1 : this.ends.size();
		int limit = (hurry) ? size : this.pace.take(size);
		Batch batch = new Batch(this.pending, this.troubled, this.blocked, this.order, limit, ++this.rounds);
		Due due = null;
		try {
			due = take(batch, now, hurry, one);
		}
		finally {
			if (!hurry) {
				this.pace.giveBack(limit - batch.claims().size());
			}
			this.order.waiting(!this.blocked.isEmpty());
			if (batch.isBlocking()) {
				this.order.blocked();
			}
		}
		if (due != null) {
			this.shares.begun(due.isFresh());
		}
		return due;
	}

	private @Nullable Due take(Batch batch, long now, boolean hurry, boolean one) {
		boolean freshIsDue = nanosUntilFresh(now, hurry) <= 0;
		if (nanosUntilTroubled(now, hurry, freshIsDue) <= 0) {
			Due due = takeTroubled(batch, now, hurry, one);
			if (due != null) {
				return due;
			}
		}
		int youngest = this.ends.takeYoungest(this.chains.lastSequence());
		if (youngest > 0) {
			this.fresh.takeYoungest(batch, youngest, this::waitsElsewhere, now, hurry);
			if (!batch.claims().isEmpty()) {
				return new Due(batch.claims(), null, true, this.store.turn());
			}
		}
		this.blocked.take(batch);
		this.fresh.take(batch, this::waitsElsewhere, now, hurry);
		return (!batch.claims().isEmpty()) ? new Due(batch.claims(), null, false, this.store.turn()) : null;
	}

	private @Nullable Due takeTroubled(Batch batch, long now, boolean hurry, boolean one) {
		boolean away = this.store.isAway();
		long turn = this.store.enter(now, hurry);
		if (turn == Availability.REFUSED) {
			return null;
		}
		Suspects tried = null;
		try {
			tried = this.troubled.take(batch, now, hurry, one || away);
		}
		finally {
			if (tried == null) {
				this.store.leave(turn);
			}
		}
		return (tried != null) ? new Due(batch.claims(), tried, false, turn) : null;
	}

	private boolean waitsElsewhere(PendingWrite write) {
		// It may be urgent because it was replaced
		this.troubled.renew(write);
		return this.troubled.contains(write) || this.blocked.contains(write);
	}

	/**
	 * What is due.
	 *
	 * @param claims the claims
	 * @param tried what the writes met before, {@code null} if they were never tried
	 * @param youngest whether they were taken as the youngest that were never tried
	 * @param turn the turn at the {@link Availability} of the store
	 */
	record Due(List<Claim> claims, @Nullable Suspects tried, boolean youngest, long turn) {

		boolean isFresh() {
			return this.tried == null;
		}

	}

}
