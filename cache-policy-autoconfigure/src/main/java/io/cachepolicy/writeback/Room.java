package io.cachepolicy.writeback;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The room for the pending writes of a cache. Thread-safe.
 * <p>
 * <b>Invariant.</b> Every pending write, and every one for which room is reserved, owns
 * one permit, so that there are never more than {@code maxPending}, except for recovered
 * ones. Permits are taken outside of any lock.
 */
final class Room {

	private final int maxPending;

	private final Permits permits;

	private final AtomicInteger size = new AtomicInteger();

	private final AtomicInteger blocked = new AtomicInteger();

	Room(int maxPending) {
		this.maxPending = maxPending;
		this.permits = new Permits(maxPending);
	}

	boolean tryReserve(int count) {
		return this.permits.tryAcquire(count);
	}

	/**
	 * Wait for room. Until it is there, every write is due.
	 * @param count the number of writes
	 * @param nanos the longest to wait
	 * @param onWait called before the wait
	 * @return whether there is room
	 * @throws InterruptedException if the thread is interrupted
	 */
	boolean tryReserve(int count, long nanos, Runnable onWait) throws InterruptedException {
		this.blocked.incrementAndGet();
		try {
			onWait.run();
			return this.permits.tryAcquire(count, nanos, TimeUnit.NANOSECONDS);
		}
		finally {
			this.blocked.decrementAndGet();
		}
	}

	boolean hasBlocked() {
		return this.blocked.get() > 0;
	}

	/**
	 * Give back room that was reserved.
	 * @param count the number of writes that do not become pending
	 */
	void release(int count) {
		this.permits.release(count);
	}

	/**
	 * A write for which room was reserved is pending.
	 */
	void enter() {
		this.size.incrementAndGet();
	}

	/**
	 * A write is pending that was so in an earlier process, whether there is room or not.
	 */
	void enterRecovered() {
		this.permits.take();
		this.size.incrementAndGet();
	}

	/**
	 * Writes are no longer pending.
	 * @param count the number of writes
	 */
	void leave(int count) {
		if (count > 0) {
			this.size.addAndGet(-count);
			this.permits.release(count);
		}
	}

	/**
	 * Return the number of pending writes, reservations not included.
	 * @return the number
	 */
	int size() {
		return this.size.get();
	}

	/**
	 * Return how much room is taken, by pending writes and reservations.
	 * @return the taken room
	 */
	int taken() {
		return this.maxPending - this.permits.availablePermits();
	}

	/**
	 * Return whether nothing is pending and no room is reserved.
	 * @return whether all room is free
	 */
	boolean isIdle() {
		return this.permits.availablePermits() == this.maxPending;
	}

	int maxPending() {
		return this.maxPending;
	}

	/**
	 * Permits that can be taken beyond the last one.
	 */
	@SuppressWarnings("serial")
	private static final class Permits extends Semaphore {

		Permits(int count) {
			super(count);
		}

		void take() {
			reducePermits(1);
		}

	}

}
