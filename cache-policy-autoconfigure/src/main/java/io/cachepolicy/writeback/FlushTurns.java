package io.cachepolicy.writeback;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.text.FailureLog;
import io.cachepolicy.text.FailureText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The turns of the flusher of one cache: which thread looks at what is due, how many
 * flush, and when the next look is. While nothing is due, no thread has a turn.
 * <p>
 * <b>Invariants.</b> At most one thread leads, or was asked for to lead ({@link #led});
 * it alone looks. At most {@link #most} threads lead or flush. If nobody leads, the last
 * look was followed by {@link #sleep}, or all threads flush, and the first one that is
 * ready leads.
 * <p>
 * <b>No signal is lost.</b> {@link #signalled} is taken back before a look, and forbids
 * to go to sleep after it. So whoever finds it set may rely on a look that is still to
 * come.
 * <p>
 * Everything is changed under the monitor, which is held for a few steps only: no thread
 * is asked for under it, and no other lock is taken. {@link #signalled} and
 * {@link #watching} are read without it, as each write does.
 */
final class FlushTurns {

	private static final Log logger = LogFactory.getLog(FlushTurns.class);

	private final FailureLog unexpected = new FailureLog(logger);

	private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(100);

	private final FlushThreads threads;

	private final Set<Thread> flushing = new HashSet<>();

	private FlushThreads.@Nullable Work work;

	private int most;

	private boolean led;

	private @Nullable Future<?> alarm;

	private volatile boolean signalled;

	/**
	 * Whether a write that was just queued has to signal.
	 */
	private volatile boolean watching = true;

	private volatile boolean begun;

	private volatile boolean lacking;

	FlushTurns(FlushThreads threads) {
		this.threads = threads;
	}

	/**
	 * Say what is done in a turn.
	 * @param work looks, and flushes
	 * @param most the most threads
	 */
	synchronized void attach(FlushThreads.Work work, int most) {
		this.work = work;
		this.most = most;
		this.threads.allow(most);
	}

	/**
	 * Ask for the first look, unless there was one.
	 */
	void begin() {
		this.begun = true;
		signal();
	}

	/**
	 * Return whether anything was ever looked at.
	 * @return {@code false} if signals are of no interest yet
	 */
	boolean hasBegun() {
		return this.begun;
	}

	/**
	 * Ask for a look, after something became due at once.
	 */
	void signal() {
		if (this.begun && !this.signalled && noteSignal()) {
			ask();
		}
	}

	private synchronized boolean noteSignal() {
		if (this.work == null) {
			return false;
		}
		this.signalled = true;
		boolean asleep = !this.led && this.flushing.size() < this.most;
		this.led |= asleep;
		return asleep;
	}

	/**
	 * Return whether a write that was just queued has to {@link #signal}.
	 * @return {@code false} if the next look finds it in time
	 */
	boolean isWatching() {
		return this.watching;
	}

	/**
	 * Return whether there is a thread for each turn.
	 * @return {@code false} if none could be had
	 */
	boolean isAlive() {
		return !this.lacking;
	}

	private void ask() {
		try {
			FlushThreads.Work work = this.work;
			if (work != null) {
				this.threads.execute(work);
			}
		}
		catch (Throwable ex) {
			notAnswered(ex);
		}
	}

	/**
	 * There may be no more threads to be had. What is pending stays so, until one of the
	 * threads that flush is ready, the next write asks again, or time has passed.
	 * @param failure why there is none
	 */
	private void notAnswered(Throwable failure) {
		boolean first;
		synchronized (this) {
			first = !this.lacking;
			this.lacking = true;
			this.led = false;
			this.signalled = false;
			this.watching = true;
		}
		if (first) {
			this.unexpected.error("There is no thread to flush in, which is tried again", failure);
		}
		try {
			this.threads.schedule(this::signal, RETRY);
		}
		catch (Throwable ex) {
			logger.debug("There is no thread to wait in", FailureText.loggable(ex, logger));
		}
	}

	// ---- The thread that leads ----

	/**
	 * Begin a look.
	 */
	void look() {
		this.lacking = false;
		// Before the queue is looked at: either the writer sees it or this thread sees
		// the
		// write
		this.watching = true;
		this.signalled = false;
	}

	/**
	 * Give the turn back until there is a signal or the time is over.
	 * @param nanos the longest to wait, {@link Long#MAX_VALUE} for ever
	 * @param watching whether writes that are queued have to signal
	 * @return {@code false} if there was a signal since the look, and this thread is to
	 * look again
	 */
	boolean sleep(long nanos, boolean watching) {
		this.watching = watching;
		if (this.signalled) {
			return false;
		}
		Future<?> next = (nanos < Long.MAX_VALUE) ? this.threads.schedule(this::signal, nanos) : null;
		boolean asleep;
		Future<?> superfluous = next;
		synchronized (this) {
			asleep = !this.signalled;
			if (asleep) {
				superfluous = this.alarm;
				this.alarm = next;
				this.led = false;
			}
		}
		if (superfluous != null) {
			superfluous.cancel(false);
		}
		return asleep;
	}

	/**
	 * Pass the turn to another thread, as this one is going to flush.
	 */
	void pass() {
		if (beginFlush()) {
			ask();
		}
	}

	private synchronized boolean beginFlush() {
		this.flushing.add(Thread.currentThread());
		this.led = this.flushing.size() < this.most;
		return this.led;
	}

	/**
	 * End a flush.
	 * @return whether this thread leads now
	 */
	synchronized boolean flushed() {
		this.flushing.remove(Thread.currentThread());
		notifyAll();
		boolean leads = !this.led;
		this.led = true;
		return leads;
	}

	// ---- Those who wait ----

	synchronized boolean isFlushing(Thread thread) {
		return this.flushing.contains(thread);
	}

	/**
	 * Wait until no thread flushes.
	 * @param nanos the longest to wait
	 * @throws InterruptedException if the thread is interrupted
	 */
	synchronized void awaitFlushed(long nanos) throws InterruptedException {
		long deadline = System.nanoTime() + nanos;
		long left = nanos;
		while (!this.flushing.isEmpty() && left > 0) {
			TimeUnit.NANOSECONDS.timedWait(this, left);
			left = deadline - System.nanoTime();
		}
	}

}
