package io.cachepolicy.jpa.listen;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.spi.RowChanges;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/**
 * What one transaction of a session changes. Used by the thread of the session.
 */
final class SessionChanges {

	private final Map<Subscription, RowChanges> changes = new IdentityHashMap<>();

	private Subscription last;

	private RowChanges lastChanges;

	private final Map<Object, Map<Object, Boolean>> joined = new IdentityHashMap<>();

	private final List<BodyRow> rows = new ArrayList<>();

	/**
	 * Create changes.
	 * @param first the one to be told first
	 */
	SessionChanges(Subscription first) {
		this.last = first;
		this.lastChanges = first.listener().begin();
		this.changes.put(first, this.lastChanges);
	}

	/**
	 * Return what one is told of.
	 * @param subscription whom to tell
	 * @return the changes
	 */
	RowChanges of(Subscription subscription) {
		if (this.last != subscription) {
			this.lastChanges = this.changes.computeIfAbsent(subscription, (key) -> key.listener().begin());
			this.last = subscription;
		}
		return this.lastChanges;
	}

	/**
	 * Note rows that were written for a store, and that the session is about to flush.
	 * @param store identifies the store
	 * @param keys the keys
	 * @param removed whether the rows are deleted
	 */
	void join(Object store, Collection<?> keys, boolean removed) {
		Map<Object, Boolean> joined = this.joined.computeIfAbsent(store, (key) -> new HashMap<>());
		keys.forEach((key) -> joined.put(key, removed));
	}

	/**
	 * Return whether a change of a row is one that the store knows of.
	 * @param store identifies the store
	 * @param key the key
	 * @param removed whether the row is deleted
	 * @return whether nobody else wrote it
	 */
	boolean isJoined(Object store, Object key, boolean removed) {
		return !this.joined.isEmpty() && Boolean.valueOf(removed).equals(keysOf(store).get(key));
	}

	/**
	 * Return the rows that were written for a store.
	 * @param store identifies the store
	 * @return whether they are deleted, by key
	 */
	Map<Object, Boolean> keysOf(Object store) {
		return this.joined.getOrDefault(store, Map.of());
	}

	/**
	 * Note a row that the body of a method stores.
	 * @param row the row, which is told of the end
	 */
	void stores(BodyRow row) {
		this.rows.add(row);
	}

	void beforeCommit() {
		this.changes.values().forEach(RowChanges::beforeCommit);
	}

	void end(boolean committed, SharedSessionContractImplementor session) {
		this.rows.forEach((row) -> row.end(committed, session));
		this.changes.values().forEach((change) -> change.end(committed));
	}

}
