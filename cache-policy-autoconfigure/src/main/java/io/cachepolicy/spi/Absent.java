package io.cachepolicy.spi;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.support.NullValue;

/**
 * Stands for the value of a key that has none. As an entry it says that no row exists, as
 * a write it is a removal.
 */
public final class Absent {

	/**
	 * The value, the same that Spring's caches keep for {@code null}.
	 */
	public static final Object VALUE = NullValue.INSTANCE;

	private Absent() {
	}

	/**
	 * Return whether a value is the one that stands for none.
	 * @param value the value, {@code null} if nothing is known
	 * @return whether there is known to be none
	 */
	public static boolean is(@Nullable Object value) {
		return value instanceof NullValue;
	}

}
