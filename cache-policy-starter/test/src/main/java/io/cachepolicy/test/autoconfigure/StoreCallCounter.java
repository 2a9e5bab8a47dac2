package io.cachepolicy.test.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteObserver;

/**
 * Counts store calls of flushes and of writes whose callers wait for them, and the rows
 * of the latter. A call of a flush is counted before it is made, so that who waits for
 * the flush sees it.
 */
class StoreCallCounter implements FlushListener, WriteObserver {

	private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();

	private final Map<String, LongAdder> rows = new ConcurrentHashMap<>();

	@Override
	public Flush begin(String cacheName, List<WriteContext> contexts) {
		add(this.calls, cacheName, 1);
		return FlushListener.super.begin(cacheName, contexts);
	}

	@Override
	public <T> T observe(String cacheName, WritePolicy policy, int rows, Supplier<T> call) {
		add(this.calls, cacheName, 1);
		T result = call.get();
		add(this.rows, cacheName, rows);
		return result;
	}

	private static void add(Map<String, LongAdder> counts, String cacheName, long count) {
		counts.computeIfAbsent(cacheName, (name) -> new LongAdder()).add(count);
	}

	long calls(String cacheName) {
		return get(this.calls, cacheName);
	}

	/**
	 * Return how many rows were stored by writes whose callers waited.
	 * @param cacheName the name of the cache
	 * @return the number of rows
	 */
	long rows(String cacheName) {
		return get(this.rows, cacheName);
	}

	private static long get(Map<String, LongAdder> counts, String cacheName) {
		LongAdder count = counts.get(cacheName);
		return (count != null) ? count.sum() : 0;
	}

	void reset() {
		this.calls.clear();
		this.rows.clear();
	}

}
