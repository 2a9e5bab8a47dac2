package io.cachepolicy.interceptor;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCacheManager;

/**
 * A manager of {@link RecordingCache recording caches}.
 */
class RecordingCacheManager implements PolicyCacheManager {

	private final Map<String, RecordingCache> caches = new ConcurrentHashMap<>();

	@Override
	public RecordingCache getCache(String name) {
		return this.caches.computeIfAbsent(name, RecordingCache::new);
	}

	@Override
	public Collection<String> getCacheNames() {
		return this.caches.keySet();
	}

	@Override
	public FlushReport flush(Duration timeout) {
		return FlushReport.EMPTY;
	}

	@Override
	public void invalidate(Class<?> entity) {
		this.caches.values().forEach(RecordingCache::clear);
	}

}
