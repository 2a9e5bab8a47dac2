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
import io.cachepolicy.spi.WriteContext;
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
final class Flusher {

	private static final Log logger = LogFactory.getLog(Flusher.class);

	private static final long REST = TimeUnit.MILLISECONDS.toNanos(100);

	private final String name;

	private final Room room;

	private final FlushRequests requests;

	private final DueWrites due;

	private final BatchWriter writer;

	private final Availability availability;

	private final FlushPeers peers;

	private final Wakeup wakeup;

	private final WriteBackSpec spec;

	private final FlushListener listener;

	private final ReentrantLock turn = new ReentrantLock();

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean started;

	private volatile boolean closing;

	private volatile boolean abandoned;

	private volatile boolean idle;

	Flusher(String cacheName, Room room, FlushRequests requests, DueWrites due, BatchWriter writer,
			Availability availability, FlushPeers peers, Wakeup wakeup, WriteBackSpec spec, FlushListener listener) {
		this.name = cacheName;
		this.room = room;
		this.requests = requests;
		this.due = due;
		this.writer = writer;
		this.availability = availability;
		this.peers = peers;
		this.wakeup = wakeup;
		this.spec = spec;
		this.listener = listener;
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
					ex);
		}
	}

	private synchronized void start() {
		while (this.threads.size() < this.spec.flushThreads()) {
			String suffix = (this.spec.flushThreads() > 1) ? "-" + (this.threads.size() + 1) : "";
			Thread thread = new Thread(this::run, "cache-policy-flush-" + this.name + suffix);
			thread.setDaemon(true);
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
				logger.error("Flusher of cache '" + this.name + "' failed unexpectedly and goes on", ex);
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
		long wait = Math.max(this.due.nanosUntilDue(now, hurry), this.availability.nanosUntilCall(now, hurry));
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

	private @Nullable Turn take(long now, boolean hurry) {
		long entered = this.availability.enter(now, hurry);
		if (entered == Availability.REFUSED) {
			return null;
		}
		List<Claim> batch = List.of();
		try {
			batch = this.due.take(now, hurry);
		}
		finally {
			if (batch.isEmpty()) {
				this.availability.leave(entered);
			}
		}
		return (!batch.isEmpty()) ? new Turn(entered, batch) : null;
	}

	private void flush(Turn taken) {
		FlushListener.Flush flush = begin(taken.batch());
		long start = System.nanoTime();
		BatchTally tally = new BatchTally(taken.batch().size(), this::putBack);
		Throwable failure = null;
		try {
			this.writer.write(taken.batch(), tally);
			this.availability.answered(taken.entered());
			this.due.answered();
		}
		catch (StoreAwayException ex) {
			failure = ex.getCause();
			if (StoreFailure.isTimeout(ex)) {
				this.due.timedOut(taken.batch().size());
			}
			this.availability.away(taken.entered(), this.spec.retry(), failure);
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			Duration duration = Duration.ofNanos(System.nanoTime() - start);
			this.availability.leave(taken.entered());
			this.requests.signal();
			this.peers.signalWaiting();
			signal();
			end(flush, tally.result(duration, failure));
		}
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
			logger.error("A flush of cache '" + this.name + "' could not be observed", ex);
			return FlushListener.NONE.begin(this.name, contexts);
		}
	}

	/**
	 * Let another thread go on with a write that is tried again, or was behind one that
	 * was stored: the rest of the batch may take long.
	 * @param write the write that is waiting now
	 * @param failed whether it was given back
	 */
	private void putBack(PendingWrite write, boolean failed) {
		this.due.putBack(write, failed);
		if (!this.wakeup.isAnnounced()) {
			signal();
		}
	}

	/**
	 * A batch that is to be flushed.
	 *
	 * @param entered the turn that the {@link Availability} gave
	 * @param batch the claims
	 */
	private record Turn(long entered, List<Claim> batch) {

	}

}
