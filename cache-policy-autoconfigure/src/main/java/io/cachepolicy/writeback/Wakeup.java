package io.cachepolicy.writeback;

import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Wakes the one thread that waits until something is due. Thread-safe.
 * <p>
 * A signal is not lost: the thread is announced before it looks at what is due, and a
 * lock that it waits for meanwhile may take the permit to go on, but not the note of the
 * signal.
 */
final class Wakeup {

	private volatile @Nullable Thread waiting;

	private volatile boolean signalled;

	/**
	 * Wake the thread, after something became due at once.
	 */
	void signal() {
		this.signalled = true;
		LockSupport.unpark(this.waiting);
	}

	/**
	 * Announce the current thread, which looks from now on.
	 */
	void announce() {
		this.waiting = Thread.currentThread();
		this.signalled = false;
	}

	/**
	 * Return whether the current thread is the one that was announced last.
	 * @return {@code false} if another one looks
	 */
	boolean isAnnounced() {
		return this.waiting == Thread.currentThread();
	}

	/**
	 * Wait for a signal, unless there was one since the announcement.
	 * @param nanos the longest to wait
	 */
	void park(long nanos) {
		if (!this.signalled) {
			LockSupport.parkNanos(this, nanos);
		}
	}

}
