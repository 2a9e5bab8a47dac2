package io.cachepolicy.writeback;

import java.util.HashSet;
import java.util.Set;

import io.cachepolicy.spi.RowReference;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The rows that the current transaction has stored although their writes are pending:
 * others that refer to them can be stored by it as well. Used by one thread.
 */
final class AheadRows implements TransactionSynchronization {

	private final Object resource;

	private final Set<RowReference> rows = new HashSet<>();

	private AheadRows(Object resource) {
		this.resource = resource;
	}

	/**
	 * Return whether the current transaction has stored a row.
	 * @param resource identifies the caches that refer to each other
	 * @param row the row
	 * @return whether it has
	 */
	static boolean contains(Object resource, RowReference row) {
		AheadRows current = current(resource);
		return current != null && current.rows.contains(row);
	}

	/**
	 * Note that the current transaction stores rows.
	 * @param resource identifies the caches that refer to each other
	 * @param rows the rows
	 */
	static void add(Object resource, Set<RowReference> rows) {
		AheadRows current = current(resource);
		if (current == null) {
			current = new AheadRows(resource);
			TransactionSynchronizationManager.registerSynchronization(current);
			TransactionSynchronizationManager.bindResource(resource, current);
		}
		current.rows.addAll(rows);
	}

	private static @Nullable AheadRows current(Object resource) {
		return (AheadRows) TransactionSynchronizationManager.getResource(resource);
	}

	@Override
	public void suspend() {
		TransactionSynchronizationManager.unbindResourceIfPossible(this.resource);
	}

	@Override
	public void resume() {
		TransactionSynchronizationManager.bindResource(this.resource, this);
	}

	@Override
	public void savepointRollback(Object savepoint) {
		// Those that are still there are only not known any more
		this.rows.clear();
	}

	@Override
	public void afterCompletion(int status) {
		TransactionSynchronizationManager.unbindResourceIfPossible(this.resource);
	}

}
