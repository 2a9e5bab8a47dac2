package io.cachepolicy.spi;

import java.util.Collection;

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
