package io.cachepolicy.cache;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Counts the loads that were kept. Keys share a fixed number of counters by their hash: a
 * counter that moved may mean another key, which costs a cached value.
 */
final class KeptLoads {

	private static final int SIZE = 1024;

	private final AtomicIntegerArray counts = new AtomicIntegerArray(SIZE);

	int get(Object key) {
		return this.counts.get(index(key));
	}

	/**
	 * Count a load, unless others were counted since it began.
	 * @param key the key
	 * @param before the count when the load began
	 * @return whether the load is the first one to end
	 */
	boolean keep(Object key, int before) {
		return this.counts.compareAndSet(index(key), before, before + 1);
	}

	private static int index(Object key) {
		return WriteStamps.index(key) % SIZE;
	}

}
