package io.cachepolicy.spi;

import java.util.Collection;

/**
 * Told of rows of a store that changed without a call of the {@link BackingStore}, when
 * others can see the change. Called by the thread that changed them: it does not block,
 * does not call the store and throws nothing.
 */
public interface StoreListener {

	/**
	 * Rows were changed, inserted or deleted, or may have been.
	 * @param keys the keys of the rows
	 */
	void changed(Collection<?> keys);

	/**
	 * Any row may have changed.
	 */
	void changedAll();

}
