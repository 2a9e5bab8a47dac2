package io.cachepolicy.autoconfigure;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.CacheStore;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory.
 */
class MapCacheStore implements CacheStore<Object, Object> {

	private final Map<Object, Object> rows = new ConcurrentHashMap<>();

	Map<Object, Object> rows() {
		return this.rows;
	}

	@Override
	public @Nullable Object load(Object key) {
		return this.rows.get(key);
	}

	@Override
	public Map<Object, Object> saveAll(Map<Object, Object> entries) {
		this.rows.putAll(entries);
		return entries;
	}

	@Override
	public void deleteAll(Collection<?> keys) {
		keys.forEach(this.rows::remove);
	}

}
