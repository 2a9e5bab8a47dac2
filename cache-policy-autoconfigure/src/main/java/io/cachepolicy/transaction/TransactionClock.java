package io.cachepolicy.transaction;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Notes when transactions begin, so that a value that was read from the snapshot of a
 * transaction is not cached over a later write, and which transactions a thread has. To
 * be added to every transaction manager.
 */
public final class TransactionClock implements TransactionExecutionListener {

	private final Object manager;

	private final ThreadLocal<@Nullable Long> beginning = new ThreadLocal<>();

	/**
	 * Create a clock.
	 * @param manager the transaction manager to which it is added
	 */
	public TransactionClock(Object manager) {
		this.manager = manager;
	}

	@Override
	public void beforeBegin(TransactionExecution transaction) {
		this.beginning.set(Transactions.tick());
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable beginFailure) {
		Long begin = this.beginning.get();
		this.beginning.remove();
		if (beginFailure == null && begin != null) {
			Transactions.register(this.manager, begin);
		}
	}

}
