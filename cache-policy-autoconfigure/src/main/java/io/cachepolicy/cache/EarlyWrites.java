package io.cachepolicy.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.Transactions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Stores what is pending of one cache before other code reads or changes the rows without
 * the cache: in a transaction that may write, by its own connection; without one, by a
 * flush, for which the thread waits. A thread that holds a connection never waits for
 * another one.
 * <p>
 * A row stays pending, and is not flushed, until the transaction has ended. What it has
 * changed itself, or has an instance of that it loaded before, is left to the flush.
 */
final class EarlyWrites {

	private static final Log logger = LogFactory.getLog(EarlyWrites.class);

	private final CacheCore core;

	private final StoreWrites writes;

	EarlyWrites(CacheCore core, StoreWrites writes) {
		this.core = core;
		this.writes = writes;
	}

	/**
	 * Store what is pending in the current transaction.
	 * @param key the key of the row, {@code null} for all
	 */
	void store(@Nullable Object key) {
		PendingWrites pending = this.core.pending();
		BackingStore store = this.core.store();
		if (pending == null || store == null || !Transactions.canStore(store.traits().transactionManager())) {
			return;
		}
		Collection<Object> keys = (key != null) ? List.of(key) : pending.keys();
		List<Object> open = ordered(keys.stream().filter((candidate) -> isOpen(candidate, pending, store)).toList());
		int size = Math.max(1, pending.batchSize());
		for (int start = 0; start < open.size(); start += size) {
			store(store, pending, open.subList(start, Math.min(open.size(), start + size)));
		}
	}

	/**
	 * Return keys in an order that is the same for all transactions, so that these do not
	 * wait for each other's rows in a circle.
	 * @param keys the keys
	 * @return the keys in their order, if they have one
	 */
	private static List<Object> ordered(List<Object> keys) {
		Set<Class<?>> types = keys.stream().map(Object::getClass).collect(Collectors.toSet());
		return (types.size() == 1 && keys.get(0) instanceof Comparable) ? keys.stream().sorted().toList() : keys;
	}

	private boolean isOpen(Object key, PendingWrites pending, BackingStore store) {
		CacheTransaction transaction = CacheTransaction.current(this.core);
		return pending.find(key) != null && (transaction == null || transaction.find(key) == null)
				&& !store.session().isLoaded(key);
	}

	private void store(BackingStore store, PendingWrites pending, List<Object> keys) {
		if (!this.writes.writeAhead(store, pending, keys) && keys.size() > 1) {
			// One of them is the reason
			int half = keys.size() / 2;
			store(store, pending, keys.subList(0, half));
			store(store, pending, keys.subList(half, keys.size()));
		}
	}

	/**
	 * Flush what is pending, and wait for it, unless the thread has a connection.
	 */
	void flush() {
		PendingWrites pending = this.core.pending();
		if (pending == null || pending.size() == 0 || Transactions.isAnyOpen() || this.core.isConnected()) {
			return;
		}
		try {
			pending.flush(this.core.spec().writeBack().overflowTimeout());
		}
		catch (IllegalStateException ex) {
			logger.debug("A flush does not wait for itself", ex);
		}
	}

	/**
	 * Note that rows are about to be queried.
	 */
	void querying() {
		PendingWrites pending = this.core.pending();
		if (pending != null && isStale(pending)) {
			this.core.staleQueries().add(pending.size());
		}
	}

	private boolean isStale(PendingWrites pending) {
		if (pending.size() == 0) {
			return false;
		}
		CacheTransaction transaction = CacheTransaction.current(this.core);
		List<Object> keys = new ArrayList<>((transaction != null) ? pending.keys() : List.of());
		keys.removeIf((key) -> transaction != null && transaction.find(key) != null);
		return transaction == null || !keys.isEmpty();
	}

}
