package io.cachepolicy.cache;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Notes when transactions begin, so that a value that was read from the snapshot of a
 * transaction is not cached over a later write. To be added to every transaction manager.
 */
public final class TransactionClock implements TransactionExecutionListener {

	private final ThreadLocal<@Nullable Long> beginning = new ThreadLocal<>();

	@Override
	public void beforeBegin(TransactionExecution transaction) {
		this.beginning.set(Transactions.tick());
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable beginFailure) {
		Long begin = this.beginning.get();
		this.beginning.remove();
		if (beginFailure == null && begin != null) {
			Transactions.register(begin);
		}
	}

}
