package io.cachepolicy.cache;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a key was written or evicted since some earlier moment. Keys share a
 * fixed number of stamps by their hash, which are there as soon as one of them is needed:
 * a stamp that moved may mean another key, which costs a cached value, while one that did
 * not move is certain.
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

	private static final int PART_BITS = 4;

	private static final int PART_SIZE = 1 << PART_BITS;

	/**
	 * The stamps in small parts, so that a cache of few keys has few. A part that is
	 * absent has zeros; one that is there stays.
	 */
	private final AtomicReferenceArray<@Nullable AtomicLongArray> parts = new AtomicReferenceArray<>(SIZE >> PART_BITS);

	private final AtomicLong all = new AtomicLong();

	/**
	 * Return the stamp of a key. It is a sum of two that only grow, so that it is equal
	 * only if neither moved.
	 * @param key the key
	 * @return the stamp, to be compared later
	 */
	long get(Object key) {
		return this.all.get() + stamp(index(key));
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
		return begin != Transactions.UNKNOWN && this.all.get() < time && stamp(index(key)) < time;
	}

	/**
	 * Note a write of a key.
	 * @param key the key
	 * @return the stamp before
	 */
	long bump(Object key) {
		int index = index(key);
		return this.all.get() + part(index).getAndAccumulate(index & (PART_SIZE - 1), time(), WriteStamps::next);
	}

	/**
	 * Note a write of a key, and find out whether there was another one since.
	 * @param key the key
	 * @param expected the stamp from before
	 * @return the stamp after the write, {@link #NEVER} if another key or another write
	 * has moved it
	 */
	long bump(Object key, long expected) {
		int index = index(key);
		long all = this.all.get();
		long stamp = expected - all;
		long next = next(stamp, time());
		if (part(index).compareAndSet(index & (PART_SIZE - 1), stamp, next)) {
			return all + next;
		}
		bump(key);
		return NEVER;
	}

	private long stamp(int index) {
		AtomicLongArray part = this.parts.get(index >> PART_BITS);
		return (part != null) ? part.get(index & (PART_SIZE - 1)) : 0;
	}

	private AtomicLongArray part(int index) {
		int number = index >> PART_BITS;
		AtomicLongArray part = this.parts.get(number);
		if (part != null) {
			return part;
		}
		AtomicLongArray created = new AtomicLongArray(PART_SIZE);
		AtomicLongArray existing = this.parts.compareAndExchange(number, null, created);
		return (existing != null) ? existing : created;
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
