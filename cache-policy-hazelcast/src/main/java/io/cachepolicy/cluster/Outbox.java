package io.cachepolicy.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.cluster.Message.Change;
import io.cachepolicy.spi.PartName;

/**
 * Changes that wait to be sent, each key and part once. What is added together is taken
 * together. Bounded: of a cache with more of them, everything changed.
 */
final class Outbox {

	/**
	 * The most keys and parts of a cache.
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
	 * Add what changed of what entries hold.
	 * @param cacheName the name of the cache
	 * @param parts the names of the parts
	 * @return whether these are the first changes
	 */
	synchronized boolean addParts(String cacheName, Collection<PartName> parts) {
		boolean first = this.caches.isEmpty();
		this.caches.computeIfAbsent(cacheName, (name) -> new Keys()).addParts(parts);
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
	 * What changed of one cache.
	 */
	private static final class Keys {

		private final Set<Object> keys = new LinkedHashSet<>();

		private final Set<PartName> parts = new LinkedHashSet<>();

		private boolean all;

		void add(Collection<?> added) {
			add(added, this.keys);
		}

		void addParts(Collection<PartName> added) {
			add(added, this.parts);
		}

		private <T> void add(Collection<? extends T> added, Set<T> known) {
			if (!this.all && added.size() <= MAX_KEYS) {
				known.addAll(added);
			}
			if (added.size() > MAX_KEYS || this.keys.size() + this.parts.size() > MAX_KEYS) {
				addAll();
			}
		}

		void addAll() {
			this.all = true;
			this.keys.clear();
			this.parts.clear();
		}

		Change toChange(String cacheName) {
			return (this.all) ? Change.ofAll(cacheName)
					: new Change(cacheName, new ArrayList<>(this.keys), new ArrayList<>(this.parts));
		}

	}

}
