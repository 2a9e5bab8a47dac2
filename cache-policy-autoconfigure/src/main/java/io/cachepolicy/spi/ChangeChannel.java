package io.cachepolicy.spi;

import java.util.Collection;

import org.jspecify.annotations.Nullable;

/**
 * Carries changes of rows and entries between the instances of an application. What is
 * published reaches the receivers of other instances, not those of the same one. Keys are
 * those of the store.
 * <p>
 * Changes may arrive twice, and in another order: a receiver forgets what it has. A
 * channel that may have lost changes says so, and {@link #ensureCurrent} keeps readers
 * from entries that are older than it allows.
 */
public interface ChangeChannel {

	/**
	 * A channel to nobody.
	 */
	ChangeChannel NONE = new ChangeChannel() {

		@Override
		public void publish(String cacheName, Collection<?> keys) {
		}

		@Override
		public void publishAll(String cacheName) {
		}

		@Override
		public void publishParts(String cacheName, Collection<PartName> parts) {
		}

		@Override
		public void subscribe(Receiver receiver) {
		}

	};

	/**
	 * Tell others that keys of a cache changed, after the change can be seen in the
	 * store. Does not wait for them, and throws nothing.
	 * @param cacheName the name of the cache
	 * @param keys the keys
	 */
	void publish(String cacheName, Collection<?> keys);

	/**
	 * Tell others that any key of a cache may have changed. Does not wait for them, and
	 * throws nothing.
	 * @param cacheName the name of the cache
	 */
	void publishAll(String cacheName);

	/**
	 * Tell others that rows changed which entries of a cache may hold besides their own
	 * rows, after the change can be seen in the store. Only others know which entries of
	 * theirs that concerns. Does not wait for them, and throws nothing.
	 * @param cacheName the name of the cache
	 * @param parts the names of what changed
	 */
	default void publishParts(String cacheName, Collection<PartName> parts) {
		publishAll(cacheName);
	}

	/**
	 * Tell a receiver of what others publish.
	 * @param receiver the receiver, told from now on
	 */
	void subscribe(Receiver receiver);

	/**
	 * Called before an entry is read, on every hit. If others may have changed entries
	 * for longer than the channel allows without a word of it here, the receivers are
	 * told that changes were {@link Receiver#lost lost} before this returns: the thread
	 * that reads may run before any other one of a process that stood still. Costs a look
	 * at the clock, and throws nothing.
	 */
	default void ensureCurrent() {
	}

	/**
	 * Return what is known of other instances.
	 * @return the state, {@code null} if there is nothing to know
	 */
	default @Nullable ChannelStatus status() {
		return null;
	}

	/**
	 * Receives what other instances published. Does not block, and throws nothing.
	 */
	interface Receiver {

		/**
		 * Keys of a cache changed.
		 * @param cacheName the name of the cache
		 * @param keys the keys
		 */
		void changed(String cacheName, Collection<?> keys);

		/**
		 * Any key of a cache may have changed.
		 * @param cacheName the name of the cache
		 */
		void changedAll(String cacheName);

		/**
		 * Rows changed which entries of a cache may hold besides their own rows.
		 * @param cacheName the name of the cache
		 * @param parts the names of what changed
		 */
		default void changedParts(String cacheName, Collection<PartName> parts) {
			changedAll(cacheName);
		}

		/**
		 * Changes of any key of any cache may have been lost.
		 */
		void lost();

	}

}
