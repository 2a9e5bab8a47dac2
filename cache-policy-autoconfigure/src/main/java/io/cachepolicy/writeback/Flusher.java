package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.text.FailureLog;
import io.cachepolicy.writeback.DueWrites.Due;
import io.cachepolicy.writeback.Evidence.Verdict;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Takes due pending writes and hands them to the store, batch by batch, in one or more
 * threads of those that all caches share.
 * <p>
 * The threads take {@link FlushTurns turns}: the one that leads looks at what is due. If
 * nothing is, it gives the turn back until there is a signal or the time has come, and
 * does something else. Else it claims a batch, and passes the turn on before it calls the
 * store. As a claimed key can't be claimed again, batches of several threads never share
 * a key. What makes a write due also {@link FlushTurns#signal signals}. Whatever the
 * store throws, an unexpected {@link Throwable} is logged, and the thread rests for a
 * moment. Nothing is flushed after the cache is closed and nothing is pending, or when
 * the drain is given up.
 * <p>
 * {@link DueWrites} is used by the thread that leads. It holds no lock while it looks,
 * nor while it calls the store.
 */
final class Flusher implements ReturnedWrites, FlushThreads.Work {

	private static final Log logger = LogFactory.getLog(Flusher.class);

	private final FailureLog unexpected = new FailureLog(logger);

	private static final long REST = TimeUnit.MILLISECONDS.toNanos(100);

	private final String name;

	private final Room room;

	private final FlushRequests requests;

	private final DueWrites due;

	private final BatchWriter writer;

	private final Availability resource;

	private final Availability store;

	private final DeadLetters deadLetters;

	private final FlushPeers peers;

	private final FlushTurns turns;

	private final WriteBackSpec spec;

	private final FlushListener listener;

	private volatile boolean closing;

	private volatile boolean abandoned;

	private volatile @Nullable Doubt doubt;

	Flusher(String cacheName, Room room, FlushRequests requests, DueWrites due, BatchWriter writer,
			Availability resource, Availability store, DeadLetters deadLetters, FlushPeers peers, FlushTurns turns,
			WriteBackSpec spec, FlushListener listener) {
		this.name = cacheName;
		this.room = room;
		this.requests = requests;
		this.due = due;
		this.writer = writer;
		this.resource = resource;
		this.store = store;
		this.deadLetters = deadLetters;
		this.peers = peers;
		this.turns = turns;
		this.spec = spec;
		this.listener = listener;
		turns.attach(this, spec.flushThreads());
	}

	/**
	 * Ask for a look, after something became due at once.
	 */
	void signal() {
		this.turns.signal();
	}

	/**
	 * Make sure that a write that was just queued is seen in time.
	 */
	void onQueued() {
		if (!this.turns.hasBegun()) {
			this.turns.begin();
		}
		else if (this.turns.isWatching()) {
			signal();
		}
	}

	boolean isTooMuch() {
		return this.due.isTooMuch();
	}

	/**
	 * Return whether this thread flushes the cache.
	 * @return whether it must not wait for a flush
	 */
	boolean isCurrentThread() {
		return this.turns.isFlushing(Thread.currentThread());
	}

	/**
	 * Return whether there is a thread when one is needed.
	 * @return whether what is pending will be flushed
	 */
	boolean isAlive() {
		return this.turns.isAlive();
	}

	/**
	 * Flush what is pending without waiting for its time, and look no more after that.
	 */
	void close() {
		this.abandoned = false;
		this.closing = true;
		lookAgain();
	}

	/**
	 * Look no more after the batches that are under way, whatever is pending.
	 */
	void abandon() {
		this.abandoned = true;
		lookAgain();
	}

	void open() {
		this.closing = false;
		this.abandoned = false;
		lookAgain();
	}

	private void lookAgain() {
		if (this.turns.hasBegun() || !this.room.isIdle()) {
			this.turns.begin();
		}
	}

	/**
	 * Wait until no thread flushes, after everything is stored: what they tell of their
	 * last batch is to be told before others stop.
	 * @param nanos the longest to wait
	 */
	void awaitEnd(long nanos) {
		try {
			this.turns.awaitFlushed(nanos);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean isOver() {
		return this.abandoned || (this.closing && this.room.isIdle());
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public boolean proceed() {
		boolean passed = false;
		try {
			// A store may leave the flag behind, which would end every wait at once
			Thread.interrupted();
			this.turns.look();
			if (isOver()) {
				return !end();
			}
			boolean hurry = this.closing;
			long now = System.nanoTime();
			long wait = nanosUntilCall(now, hurry);
			if (wait > 0) {
				// What the look found counts, and not what is queued now: its writer may
				// be
				// about to ask whether anyone watches
				return !this.turns.sleep(wait, !this.due.hasQueued());
			}
			Turn taken = take(now, hurry);
			if (taken != null) {
				passed = true;
				this.turns.pass();
				flush(taken);
			}
		}
		catch (Throwable ex) {
			rest(ex);
		}
		return !passed || this.turns.flushed();
	}

	private boolean end() {
		boolean asleep = this.turns.sleep(Long.MAX_VALUE, true);
		this.requests.signal();
		return asleep;
	}

	private void rest(Throwable failure) {
		try {
			this.unexpected.error("Flusher of cache '" + this.name + "' failed unexpectedly and goes on", failure);
		}
		catch (Throwable ex) {
			// What can't be logged is no reason to flush no more
		}
		LockSupport.parkNanos(this, REST);
	}

	private long nanosUntilCall(long now, boolean hurry) {
		long wait = this.due.nanosUntilDue(now, hurry);
		if (!hurry && this.deadLetters.isFull()) {
			return Long.MAX_VALUE;
		}
		long pause = this.resource.nanosUntilCall(now, hurry);
		return (pause > 0 && this.due.hasUntried() && isDoubtful()) ? wait : Math.max(wait, pause);
	}

	private @Nullable Turn take(long now, boolean hurry) {
		boolean away = this.resource.isAway();
		boolean doubtful = away && isDoubtful() && this.due.hasUntried();
		long entered = (doubtful) ? this.resource.enterAtOnce() : this.resource.enter(now, hurry);
		if (entered == Availability.REFUSED) {
			return null;
		}
		Due due = null;
		try {
			due = this.due.take(now, hurry, away);
		}
		finally {
			if (due == null) {
				this.resource.leave(entered);
			}
		}
		return (due != null) ? new Turn(entered, due) : null;
	}

	private void flush(Turn taken) {
		Due due = taken.due();
		FlushListener.Flush flush = begin(due.claims());
		long start = System.nanoTime();
		BatchReport report = BatchReport.unknown(due.claims().size());
		try {
			report = this.writer.write(due.claims(), due.tried(), this);
		}
		finally {
			long took = System.nanoTime() - start;
			ended(taken, report, took);
			end(flush, report.result(Duration.ofNanos(took)));
		}
	}

	private void ended(Turn taken, BatchReport report, long took) {
		this.due.ended(taken.due(), report, took);
		answered(taken, report);
		this.resource.leave(taken.entered());
		this.store.leave(taken.due().turn());
		this.requests.signal();
		this.peers.signalWaiting();
		signal();
	}

	private void answered(Turn taken, BatchReport report) {
		Throwable failure = report.failure();
		if (failure != null && report.verdict() == Verdict.RESOURCE) {
			boolean before = this.resource.isAway();
			this.resource.away(taken.entered(), this.spec.retry(), failure);
			this.doubt = doubt(taken, report, before);
		}
		else if (failure != null && report.verdict() == Verdict.STORE) {
			this.store.away(taken.due().turn(), this.spec.retry(), failure);
		}
		else if (report.answered()) {
			this.resource.answered(taken.entered());
			this.store.answered(taken.due().turn());
		}
	}

	/**
	 * Doubt an outage that no more than one write has met: it may follow the write, and
	 * another one of this cache is worth a try.
	 * @param taken the batch that failed
	 * @param report how it failed
	 * @param before whether there was an outage before
	 * @return the doubt, or {@code null} if there is none
	 */
	private @Nullable Doubt doubt(Turn taken, BatchReport report, boolean before) {
		PendingWrite write = taken.due().claims().get(0).write();
		Doubt doubt = this.doubt;
		boolean first = !before || (doubt != null && doubt.write() == write && doubt.turn() == taken.entered());
		return (first && report.size() == 1 && report.asked()) ? new Doubt(write, this.resource.turn()) : null;
	}

	private boolean isDoubtful() {
		Doubt doubt = this.doubt;
		return doubt != null && doubt.turn() == this.resource.turn();
	}

	private void end(FlushListener.Flush flush, FlushListener.Result result) {
		if (logger.isDebugEnabled()) {
			logger.debug("Flushed %d of a batch of %d writes of cache '%s' in %d ms, %d are pending"
				.formatted(result.written(), result.size(), this.name, result.duration().toMillis(), this.room.size()));
		}
		flush.end(result);
	}

	private FlushListener.Flush begin(List<Claim> batch) {
		List<WriteContext> contexts = batch.stream().map(Claim::context).filter(Objects::nonNull).toList();
		try {
			return this.listener.begin(this.name, contexts);
		}
		catch (Throwable ex) {
			// The claims are to be settled, whoever fails to watch
			this.unexpected.error("A flush of cache '" + this.name + "' could not be observed", ex);
			return FlushListener.NONE.begin(this.name, contexts);
		}
	}

	// ---- What the store call of a batch leaves, while the rest may take long ----

	@Override
	public void untried(List<PendingWrite> writes) {
		this.due.untried(writes);
		signal();
	}

	@Override
	public void suspected(Suspects group) {
		this.due.suspected(group);
		signal();
	}

	@Override
	public void failed(PendingWrite write) {
		this.due.failed(write);
		signal();
	}

	@Override
	public void next(PendingWrite write) {
		this.due.next(write);
		signal();
	}

	/**
	 * Doubt about an outage.
	 *
	 * @param write the only write that met it
	 * @param turn the turn at the resource since then
	 */
	private record Doubt(PendingWrite write, long turn) {

	}

	/**
	 * A batch that is to be flushed.
	 *
	 * @param entered the turn that the {@link Availability} of the resource gave
	 * @param due the batch
	 */
	private record Turn(long entered, Due due) {

	}

}
