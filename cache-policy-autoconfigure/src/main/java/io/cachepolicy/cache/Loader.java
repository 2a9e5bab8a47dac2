package io.cachepolicy.cache;

import org.jspecify.annotations.Nullable;

/**
 * Loads a missing value, and decides what becomes of it.
 */
@FunctionalInterface
interface Loader {

	/**
	 * A loader of nothing, for values that are there already.
	 */
	Loader NONE = () -> null;

	@Nullable Object load();

	default boolean isCacheable(@Nullable Object value) {
		return true;
	}

	default void loaded(@Nullable Object value) {
	}

}
