package io.cachepolicy.cache;

import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Taken before a load, and handed in with what was loaded.
 *
 * @param key the key
 * @param stamp the key's stamp
 * @param keptLoads how many loads of the key were kept before
 * @param visibility when others may see the value
 * @param begin when the transaction of the load began
 * @param moment since when the value may have been read
 */
record LoadTicket(Object key, long stamp, int keptLoads, Visibility visibility, long begin, ReadMoment moment) {

	/**
	 * Take a ticket.
	 * <p>
	 * A transaction may read from a snapshot as old as its begin, so what it loads can be
	 * cached only if the key was not written since; and it may read what it wrote past
	 * the cache, which others may see only when it has committed. A read-only transaction
	 * may have deferred a write as well. A persistence context returns an entity that it
	 * holds as it was when it was loaded.
	 * @param key the key
	 * @param tier the entries
	 * @param store the store, if there is one
	 * @return the ticket
	 */
	static LoadTicket take(Object key, CacheTier tier, @Nullable BackingStore store) {
		return new LoadTicket(key, tier.stamp(key), tier.keptLoads(key), visibility(key, tier, store),
				Transactions.begin(), tier.moment(store));
	}

	/**
	 * Return a number that is the same only for loads of the key that may be shared: if
	 * neither the key was written between them nor a part of any value changed.
	 * @return a sum of two that only grow
	 */
	long stampToShare() {
		return this.stamp + this.moment.lastChange();
	}

	/**
	 * Return whether the transaction of the load is that of this thread, and goes on. A
	 * value may come later than that, and in another thread.
	 * @return whether the value may be cached when the current transaction has committed
	 */
	boolean isOfCurrentTransaction() {
		return Transactions.isActive() && Transactions.begin() == this.begin;
	}

	private static Visibility visibility(Object key, CacheTier tier, @Nullable BackingStore store) {
		if (store != null && store.session().isLoaded(key)) {
			return Visibility.NEVER;
		}
		if (!Transactions.isActive()) {
			return Visibility.NOW;
		}
		if (!tier.isBefore(key, Transactions.begin())) {
			return Visibility.NEVER;
		}
		if (store != null && Transactions.isOuter(store.traits().transactionManager())) {
			return Visibility.NEVER;
		}
		return (Transactions.isReadOnly() && !Transactions.hasWritten()) ? Visibility.NOW : Visibility.AFTER_COMMIT;
	}

	/**
	 * When others may see a value that was loaded.
	 */
	enum Visibility {

		/**
		 * At once.
		 */
		NOW,

		/**
		 * When the current transaction has committed.
		 */
		AFTER_COMMIT,

		/**
		 * Never, as it may be outdated.
		 */
		NEVER

	}

}
