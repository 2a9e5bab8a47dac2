package io.cachepolicy.cache;

import java.util.Map;
import java.util.Set;

/**
 * What is left to do for a write (or an eviction) when it is known whether the caller's
 * transaction commits. Without a transaction that is at once.
 */
interface PreparedWrite {

	/**
	 * Add what the writer reads until then.
	 * @param visible the values by key
	 */
	default void describe(Map<Object, Object> visible) {
	}

	/**
	 * Drop what later writes of the same transaction stored at once, and tell what this
	 * one did. Called from the last write to the first.
	 * @param stored the keys of values that were stored by later writes
	 */
	default void overtake(Set<Object> stored) {
	}

	/**
	 * Do what may still fail, and with it the transaction.
	 */
	default void beforeCommit() {
	}

	/**
	 * Make the write visible to everyone. Does not fail and calls no store.
	 */
	void complete();

	/**
	 * Leave no trace.
	 */
	default void cancel() {
	}

}
