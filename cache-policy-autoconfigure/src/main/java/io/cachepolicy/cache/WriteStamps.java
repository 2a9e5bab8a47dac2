package io.cachepolicy.cache;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

import io.cachepolicy.transaction.Transactions;

/**
 * Tells whether a key was written or evicted since some earlier moment. Keys share a
 * fixed number of stamps by their hash: a stamp that moved may mean another key, which
 * costs a cached value, while one that did not move is certain.
 * <p>
 * A stamp holds the {@link Transactions#now() logical time} of its last write in the
 * upper bits, enough for 8 trillion transactions, and a counter in the lower ones. One
 * that overflows makes the write seem later than it was, which is safe. A stamp only
 * grows.
 */
final class WriteStamps {

	/**
	 * A stamp that no key has.
	 */
	static final long NEVER = -1;

	private static final int SIZE = 4096;

	private static final int COUNTER_BITS = 20;

	private final AtomicLongArray stamps = new AtomicLongArray(SIZE);

	private final AtomicLong all = new AtomicLong();

	/**
	 * Return the stamp of a key. It is a sum of two that only grow, so that it is equal
	 * only if neither moved.
	 * @param key the key
	 * @return the stamp, to be compared later
	 */
	long get(Object key) {
		return this.all.get() + this.stamps.get(index(key));
	}

	/**
	 * Return whether the last write of a key completed before a transaction began, so
	 * that the transaction sees it.
	 * @param key the key
	 * @param begin when the transaction began
	 * @return whether the write is visible to the transaction
	 */
	boolean isBefore(Object key, long begin) {
		long time = begin << COUNTER_BITS;
		return begin != Transactions.UNKNOWN && this.all.get() < time && this.stamps.get(index(key)) < time;
	}

	/**
	 * Note a write of a key.
	 * @param key the key
	 * @return the stamp before
	 */
	long bump(Object key) {
		return this.all.get() + this.stamps.getAndAccumulate(index(key), time(), WriteStamps::next);
	}

	/**
	 * Return a number that moves when all keys are written.
	 * @return the number, to be compared later
	 */
	long clears() {
		return this.all.get();
	}

	/**
	 * Note a write of all keys.
	 */
	void bumpAll() {
		this.all.accumulateAndGet(time(), WriteStamps::next);
	}

	private static long time() {
		return Transactions.now() << COUNTER_BITS;
	}

	private static long next(long stamp, long time) {
		return Math.max(stamp + 1, time);
	}

	/**
	 * Return the place of a key among those that share a stamp.
	 * @param key the key
	 * @return a number that is not negative, spread evenly
	 */
	static int index(Object key) {
		int hash = key.hashCode() * 0x9E3779B9;
		return (hash >>> 20) & (SIZE - 1);
	}

}
