package io.cachepolicy.spi;

import org.jspecify.annotations.Nullable;

/**
 * The keys of a store, and the type of its values.
 */
public interface StoreKeys {

	/**
	 * Return the type of the stored values.
	 * @return the type, {@code Object} if it is not known
	 */
	Class<?> getValueType();

	/**
	 * Return the type of the keys.
	 * @return the type, {@code Object} if it is not known
	 */
	default Class<?> getKeyType() {
		return Object.class;
	}

	/**
	 * Convert what a caller names as a key to the type of the store's keys. The value
	 * itself stands for its key.
	 * @param key the caller's key
	 * @return the store's key, which nobody changes
	 * @throws IllegalArgumentException if that is impossible
	 */
	Object toKey(Object key);

	/**
	 * Return the key of a value.
	 * @param value the value
	 * @return the key, or {@code null} if the store generates it on insert and has not
	 * yet
	 * @throws IllegalArgumentException if this store can't derive keys from values
	 */
	@Nullable Object keyOf(Object value);

	/**
	 * Check that a value can be written with a key.
	 * @param key the key, as {@link #toKey} returns it
	 * @param value the value
	 * @throws IllegalArgumentException if the value is none of this store, or has another
	 * key
	 */
	default void check(Object key, Object value) {
	}

	/**
	 * Return whether a value is that of a key.
	 * @param key the key, as {@link #toKey} returns it
	 * @param value the value
	 * @return {@code false} if the value is none of this store, or has another key
	 */
	default boolean isOf(Object key, Object value) {
		return true;
	}

}
