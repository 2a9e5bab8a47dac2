package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.OwnThreads;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.text.FailureText;
import io.cachepolicy.writeback.DueWrites.Due;
import io.cachepolicy.writeback.Evidence.Verdict;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Takes due pending writes and hands them to the store, batch by batch, in one or more
 * threads.
 * <p>
 * The threads take turns: the one that has its turn, the leader, parks until a write is
 * due, claims a batch, and passes the turn on before it calls the store. As a claimed key
 * can't be claimed again, batches of several threads never share a key. What makes a
 * write due also {@link Wakeup#signal signals}. The threads survive whatever the store
 * throws: an unexpected {@link Throwable} is logged, and they rest for a moment. They are
 * started by the first write and end when the cache is closed and nothing is pending, or
 * when the drain is given up.
 * <p>
 * {@link #threads}, {@link #closing} and {@link #abandoned} are changed under the
 * monitor, so that a thread that ends and a write that needs one can't miss each other.
 * {@link DueWrites} is used by the leader, which is {@link Wakeup#announce announced}
 * before it looks at what is due.
 */
final class Flusher implements ReturnedWrites {

	private static final Log logger = LogFactory.getLog(Flusher.class);

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

	private final Wakeup wakeup;

	private final WriteBackSpec spec;

	private final FlushListener listener;

	private final ReentrantLock turn = new ReentrantLock();

	private final OwnThreads factory;

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean started;

	private volatile boolean closing;

	private volatile boolean abandoned;

	private volatile boolean idle;

	private volatile @Nullable Doubt doubt;

	Flusher(String cacheName, Room room, FlushRequests requests, DueWrites due, BatchWriter writer,
			Availability resource, Availability store, DeadLetters deadLetters, FlushPeers peers, Wakeup wakeup,
			WriteBackSpec spec, FlushListener listener, OwnThreads threads) {
		this.name = cacheName;
		this.room = room;
		this.requests = requests;
		this.due = due;
		this.writer = writer;
		this.resource = resource;
		this.store = store;
		this.deadLetters = deadLetters;
		this.peers = peers;
		this.wakeup = wakeup;
		this.spec = spec;
		this.listener = listener;
		this.factory = threads;
	}

	/**
	 * Wake the leader, after something became due at once.
	 */
	void signal() {
		this.wakeup.signal();
	}

	/**
	 * Make sure that a write that was just queued is seen in time.
	 */
	void onQueued() {
		if (!this.started) {
			startIfPossible();
		}
		else if (this.idle) {
			signal();
		}
	}

	boolean isTooMuch() {
		return this.due.isTooMuch();
	}

	synchronized boolean isCurrentThread() {
		return this.threads.contains(Thread.currentThread());
	}

	/**
	 * Return whether all threads that were started live.
	 * @return whether what is pending will be flushed
	 */
	synchronized boolean isAlive() {
		return this.threads.stream().allMatch(Thread::isAlive);
	}

	private void startIfPossible() {
		try {
			start();
		}
		catch (Throwable ex) {
			// The write is accepted
			logger.error("The flusher of cache '" + this.name + "' could not be started, the next write tries again",
					FailureText.loggable(ex, logger));
		}
	}

	private synchronized void start() {
		while (this.threads.size() < this.spec.flushThreads()) {
			String suffix = (this.spec.flushThreads() > 1) ? "-" + (this.threads.size() + 1) : "";
			Thread thread = this.factory.create("cache-policy-flush-" + this.name + suffix, this::run);
			thread.start();
			// Not before, as there may be no more threads to be had: then the next write
			// tries again
			this.threads.add(thread);
		}
		this.started = true;
	}

	/**
	 * Flush what is pending without waiting for its time, then end.
	 */
	synchronized void close() {
		this.closing = true;
		this.abandoned = false;
		if (!this.room.isIdle()) {
			start();
		}
		signal();
	}

	/**
	 * End after the batches that are under way, whatever is pending.
	 */
	synchronized void abandon() {
		this.abandoned = true;
		signal();
	}

	/**
	 * Wait until the threads have ended, after everything is stored: what they tell of
	 * their last batch is to be told before others stop.
	 * @param nanos the longest to wait
	 */
	void awaitEnd(long nanos) {
		long deadline = System.nanoTime() + nanos;
		try {
			for (Thread thread : threads()) {
				signal();
				thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized List<Thread> threads() {
		return List.copyOf(this.threads);
	}

	synchronized void open() {
		this.closing = false;
		this.abandoned = false;
		if (this.started || !this.room.isIdle()) {
			start();
		}
	}

	private void run() {
		while (!hasEnded()) {
			try {
				cycle();
			}
			catch (Throwable ex) {
				logger.error("Flusher of cache '" + this.name + "' failed unexpectedly and goes on",
						FailureText.loggable(ex, logger));
				LockSupport.parkNanos(this, REST);
			}
		}
		this.requests.signal();
	}

	private synchronized boolean hasEnded() {
		if (isOver()) {
			this.threads.remove(Thread.currentThread());
			this.started = !this.threads.isEmpty();
			return true;
		}
		return false;
	}

	private boolean isOver() {
		return this.abandoned || (this.closing && this.room.isIdle());
	}

	private void cycle() {
		Turn taken;
		this.turn.lock();
		try {
			taken = lead();
		}
		finally {
			this.idle = false;
			this.turn.unlock();
		}
		if (taken != null) {
			flush(taken);
		}
	}

	/**
	 * Wait until something is due.
	 * @return what is to be flushed, or {@code null} if it is time to look again
	 */
	private @Nullable Turn lead() {
		// A store may leave the flag behind, which would end every park at once
		Thread.interrupted();
		this.wakeup.announce();
		// Set before the queue is looked at: either the writer sees the flag or this
		// thread sees the write
		this.idle = true;
		boolean hurry = this.closing;
		long now = System.nanoTime();
		long wait = nanosUntilCall(now, hurry);
		if (isOver()) {
			return null;
		}
		if (wait > 0) {
			// What the look found counts, and not what is queued now: its writer may be
			// about to ask whether anyone watches
			this.idle = !this.due.hasQueued();
			this.wakeup.park(wait);
			return null;
		}
		return take(now, hurry);
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
			logger.error("A flush of cache '" + this.name + "' could not be observed",
					FailureText.loggable(ex, logger));
			return FlushListener.NONE.begin(this.name, contexts);
		}
	}

	// ---- What the store call of a batch leaves, while the rest may take long ----

	@Override
	public void untried(List<PendingWrite> writes) {
		this.due.untried(writes);
		signalOther();
	}

	@Override
	public void suspected(Suspects group) {
		this.due.suspected(group);
		signalOther();
	}

	@Override
	public void failed(PendingWrite write) {
		this.due.failed(write);
		signalOther();
	}

	@Override
	public void next(PendingWrite write) {
		this.due.next(write);
		signalOther();
	}

	private void signalOther() {
		if (!this.wakeup.isAnnounced()) {
			signal();
		}
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
