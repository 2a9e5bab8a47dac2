package io.cachepolicy.spi;

import java.util.Collection;

import org.jspecify.annotations.Nullable;

/**
 * Told of rows of a store that change without a call of the {@link BackingStore}. Called
 * by the thread that changes them: it does not block, does not call the store and throws
 * nothing.
 */
public interface StoreListener {

	/**
	 * A transaction is about to tell of its first row. Others can't see the rows before
	 * it has ended.
	 * @return told of the rows
	 */
	RowChanges begin();

	/**
	 * Return whether the store does not have all that the listener knows of its rows.
	 * @return whether {@link #storePending} may have something to do
	 */
	default boolean hasPending() {
		return false;
	}

	/**
	 * Return whether queries are to see what is pending.
	 * @return whether it is to be stored before them
	 */
	default boolean isFlushedBeforeQueries() {
		return false;
	}

	/**
	 * The transaction of the calling thread is about to read a row by its key, or to
	 * query or to change rows by a statement: store what is pending of them, as far as
	 * that is possible. Other than the other methods, this one calls the store.
	 * @param key the key of the row, {@code null} for any row
	 */
	default void storePending(@Nullable Object key) {
	}

	/**
	 * Return whether the transaction of the calling thread may be to write rows when it
	 * has committed.
	 * @return whether {@link #storeDeferred} may have something to do
	 */
	default boolean hasDeferred() {
		return false;
	}

	/**
	 * The transaction of the calling thread is about to change rows by a statement: store
	 * what it was to write later, and with it what it was to write of rows that refer to
	 * these, or to which these refer. As {@link #storePending}, this calls the store, and
	 * it fails if that does.
	 */
	default void storeDeferred() {
	}

	/**
	 * The calling thread, which has neither a transaction nor a connection, is about to
	 * query or to change rows by a statement: wait until what is pending is stored.
	 */
	default void awaitStored() {
	}

	/**
	 * The calling thread is about to query rows. What is still pending is not found.
	 */
	default void querying() {
	}

	/**
	 * Rows were changed, inserted or deleted, or may have been, and others can see that.
	 * @param keys the keys of the rows
	 */
	default void changed(Collection<?> keys) {
		RowChanges changes = begin();
		keys.forEach((key) -> changes.changed(key, false));
		changes.end(true);
	}

	/**
	 * Any row may have changed, and others can see that.
	 */
	default void changedAll() {
		RowChanges changes = begin();
		changes.changedAll();
		changes.end(true);
	}

}
