package io.cachepolicy.cache;

import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import com.github.benmanes.caffeine.cache.stats.ConcurrentStatsCounter;
import com.github.benmanes.caffeine.cache.stats.StatsCounter;

/**
 * Counts hits, misses and evictions. What Caffeine takes for loads are changes of
 * entries, as values are not loaded by Caffeine: they are not counted.
 */
final class EntryStats implements StatsCounter {

	private final StatsCounter counter = new ConcurrentStatsCounter();

	@Override
	public void recordHits(int count) {
		this.counter.recordHits(count);
	}

	@Override
	public void recordMisses(int count) {
		this.counter.recordMisses(count);
	}

	@Override
	public void recordLoadSuccess(long loadTime) {
	}

	@Override
	public void recordLoadFailure(long loadTime) {
	}

	@Override
	public void recordEviction(int weight, RemovalCause cause) {
		this.counter.recordEviction(weight, cause);
	}

	@Override
	public CacheStats snapshot() {
		return this.counter.snapshot();
	}

	@Override
	public String toString() {
		return snapshot().toString();
	}

}
