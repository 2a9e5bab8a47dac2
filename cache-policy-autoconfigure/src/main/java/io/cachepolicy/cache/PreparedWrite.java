package io.cachepolicy.cache;

import java.util.Map;

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
