package io.cachepolicy.jpa.listen;

import java.util.IdentityHashMap;
import java.util.Map;

import io.cachepolicy.spi.RowChanges;

/**
 * What one transaction of a session changes. Used by the thread of the session.
 */
final class SessionChanges {

	private final Map<Subscription, RowChanges> changes = new IdentityHashMap<>();

	private Subscription last;

	private RowChanges lastChanges;

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

	void beforeCommit() {
		this.changes.values().forEach(RowChanges::beforeCommit);
	}

	void end(boolean committed) {
		this.changes.values().forEach((change) -> change.end(committed));
	}

}
