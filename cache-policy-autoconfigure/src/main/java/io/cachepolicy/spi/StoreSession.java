package io.cachepolicy.spi;

import java.util.Set;

/**
 * What the calling thread has of a store, such as an open persistence context.
 */
public interface StoreSession {

	/**
	 * The session of a store that keeps nothing for a thread.
	 */
	StoreSession NONE = new StoreSession() {

		@Override
		public boolean isManaged(Object value) {
			return false;
		}

		@Override
		public boolean isLoaded(Object key) {
			return false;
		}

		@Override
		public boolean isChanged(Object key) {
			return false;
		}

		@Override
		public boolean isConnected() {
			return false;
		}

	};

	/**
	 * Return whether an instance is managed, so that its state may still change until the
	 * commit.
	 * @param value the instance
	 * @return whether the state is to be read again after the commit
	 */
	boolean isManaged(Object value);

	/**
	 * Return whether the thread already holds the value of a key, so that loading it may
	 * return an older state than the store has.
	 * @param key the key
	 * @return whether a load may be outdated from the start
	 */
	boolean isLoaded(Object key);

	/**
	 * Return whether the thread already holds the value of a key, and has changed it in a
	 * way that the store does not know yet.
	 * @param key the key
	 * @return whether the value that the thread holds counts
	 */
	boolean isChanged(Object key);

	/**
	 * Return whether the thread has an instance of the row of a key that it has removed,
	 * in a way that the store does not know yet.
	 * @param key the key
	 * @return whether the row is to be deleted
	 */
	default boolean isRemoved(Object key) {
		return false;
	}

	/**
	 * Return whether the store learns of changes only when the application says so, if
	 * ever, and not at the commit.
	 * @return whether what {@link #isChanged is changed} may never be stored
	 */
	default boolean isManual() {
		return false;
	}

	/**
	 * Return whether the thread has changed a part of a value in a way that the store
	 * does not know yet.
	 * @param part the part, as in {@link StoreParts#of}
	 * @return whether what the thread holds counts
	 */
	default boolean isPartChanged(Object part) {
		return false;
	}

	/**
	 * Return what the thread already holds from before its transaction, or without one:
	 * parts of a value that is loaded now may be as old.
	 * @return the parts, as in {@link StoreParts#of}
	 */
	default Set<Object> heldParts() {
		return Set.of();
	}

	/**
	 * Return whether a session is bound to the thread that outlives a single call: that
	 * of a transaction, or of a web request. What it loads it manages.
	 * @return whether there is one
	 */
	default boolean isBound() {
		return false;
	}

	/**
	 * Return whether the thread holds a connection to the store without a transaction, as
	 * a web request does whose persistence context is open for all of it. Such a thread
	 * is not to wait for others that may need a connection.
	 * @return whether it holds a connection as far as is known
	 */
	boolean isConnected();

}
