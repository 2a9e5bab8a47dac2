package io.cachepolicy.test.application;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.CacheStore;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;

/**
 * A store of texts by number, which can be away.
 */
class TextStore implements CacheStore<Long, String> {

	private final Map<Long, String> texts = new ConcurrentHashMap<>();

	private volatile boolean away;

	void away(boolean away) {
		this.away = away;
	}

	@Override
	public @Nullable String load(Long key) {
		return this.texts.get(key);
	}

	@Override
	public Map<Long, String> saveAll(Map<Long, String> entries) {
		failIfAway();
		this.texts.putAll(entries);
		return Map.of();
	}

	@Override
	public void deleteAll(Collection<? extends Long> keys) {
		failIfAway();
		this.texts.keySet().removeAll(keys);
	}

	private void failIfAway() {
		if (this.away) {
			throw new DataAccessResourceFailureException("The disk is unplugged");
		}
	}

}
