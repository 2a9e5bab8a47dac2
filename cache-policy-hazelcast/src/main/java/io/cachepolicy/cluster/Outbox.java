package io.cachepolicy.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.cluster.Message.Change;

/**
 * Changes that wait to be sent, each key once. What is added together is taken together.
 * Bounded: of a cache with more keys, everything changed.
 */
final class Outbox {

	/**
	 * The most keys of a cache.
	 */
	static final int MAX_KEYS = 10_000;

	private final Map<String, Keys> caches = new LinkedHashMap<>();

	/**
	 * Add changed keys.
	 * @param cacheName the name of the cache
	 * @param keys the keys
	 * @return whether these are the first changes, so that nobody is about to take them
	 */
	synchronized boolean add(String cacheName, Collection<?> keys) {
		boolean first = this.caches.isEmpty();
		this.caches.computeIfAbsent(cacheName, (name) -> new Keys()).add(keys);
		return first;
	}

	/**
	 * Add that any key of a cache may have changed.
	 * @param cacheName the name of the cache
	 * @return whether these are the first changes
	 */
	synchronized boolean addAll(String cacheName) {
		boolean first = this.caches.isEmpty();
		this.caches.computeIfAbsent(cacheName, (name) -> new Keys()).addAll();
		return first;
	}

	synchronized boolean isEmpty() {
		return this.caches.isEmpty();
	}

	/**
	 * Take all changes.
	 * @return the changes, at most one of each cache
	 */
	synchronized List<Change> drain() {
		List<Change> changes = new ArrayList<>(this.caches.size());
		this.caches.forEach((name, keys) -> changes.add(keys.toChange(name)));
		this.caches.clear();
		return changes;
	}

	/**
	 * The changed keys of one cache.
	 */
	private static final class Keys {

		private final Set<Object> keys = new LinkedHashSet<>();

		private boolean all;

		void add(Collection<?> added) {
			if (this.all) {
				return;
			}
			if (added.size() > MAX_KEYS) {
				addAll();
				return;
			}
			this.keys.addAll(added);
			if (this.keys.size() > MAX_KEYS) {
				addAll();
			}
		}

		void addAll() {
			this.all = true;
			this.keys.clear();
		}

		Change toChange(String cacheName) {
			return new Change(cacheName, (this.all) ? null : new ArrayList<>(this.keys));
		}

	}

}
