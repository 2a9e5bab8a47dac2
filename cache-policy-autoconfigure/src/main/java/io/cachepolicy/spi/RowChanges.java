package io.cachepolicy.spi;

import java.util.Collection;

/**
 * The rows of one store that one transaction changes without a call of the
 * {@link BackingStore}. Used by one thread at a time, with the rules of a
 * {@link StoreListener}.
 */
public interface RowChanges {

	/**
	 * A row was changed, inserted or deleted, or may have been.
	 * @param key the key
	 * @param removed whether the row is gone
	 */
	void changed(Object key, boolean removed);

	/**
	 * A row was changed that the transaction wrote by a call of the store before, which
	 * left it to the transaction to send it. It may have been changed again since.
	 * @param key the key
	 * @param removed whether the row is gone
	 */
	default void sent(Object key, boolean removed) {
	}

	/**
	 * Any row may have been changed, inserted or deleted.
	 */
	void changedAll();

	/**
	 * A part of values was changed, or may have been.
	 * @param part the part, as in {@link StoreParts#of}
	 * @param own the keys of values that the store writes by that
	 */
	default void changedPart(Object part, Collection<?> own) {
	}

	/**
	 * Any of some parts of values may have been changed.
	 * @param parts the parts
	 * @param own the keys of values that the store writes by that
	 */
	default void changedParts(PartRange parts, Collection<?> own) {
	}

	/**
	 * The transaction is about to commit. What is accepted from now on may have seen the
	 * rows.
	 */
	default void beforeCommit() {
	}

	/**
	 * The transaction has ended. Only the first call counts.
	 * @param committed whether others see the rows; {@code false} also if that is not
	 * known
	 */
	void end(boolean committed);

}
