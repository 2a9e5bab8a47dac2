package io.cachepolicy.cache;

import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What the caches have to know of the current thread's transaction: whether it can still
 * be joined, and when it began.
 * <p>
 * Time is a logical clock that ticks when a transaction begins. A write that reads the
 * clock after it completed, and finds it at or after the tick of a transaction, may not
 * be visible to that transaction. See {@link WriteStamps}.
 */
public final class Transactions {

	/**
	 * The begin of a transaction that is not known.
	 */
	static final long UNKNOWN = Long.MIN_VALUE;

	private static final AtomicLong clock = new AtomicLong();

	private Transactions() {
	}

	/**
	 * Return whether there is a transaction that can still be joined, and that will tell
	 * how it ended.
	 * @return whether a transaction is active
	 */
	static boolean isActive() {
		return TransactionSynchronizationManager.isSynchronizationActive()
				&& TransactionSynchronizationManager.isActualTransactionActive() && !isCommitted();
	}

	/**
	 * Return whether the thread still looks as if it had a transaction that has in fact
	 * ended: in callbacks after the commit or the completion. A store has to start a new
	 * transaction there, as a write that joined would never be committed.
	 * @return whether the current transaction has ended
	 */
	public static boolean isCompleting() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& (!TransactionSynchronizationManager.isSynchronizationActive() || isCommitted());
	}

	/**
	 * Return whether the current transaction is about to commit, so that synchronizations
	 * that are registered now may not be asked before.
	 * @return whether the commit has begun
	 */
	static boolean isCommitting() {
		State state = current();
		return state != null && state.committing;
	}

	static boolean isReadOnly() {
		return TransactionSynchronizationManager.isCurrentTransactionReadOnly();
	}

	/**
	 * Return when the current transaction began.
	 * @return the time, or {@link #UNKNOWN}
	 */
	static long begin() {
		State state = current();
		return (state != null) ? state.begin : UNKNOWN;
	}

	static long now() {
		return clock.get();
	}

	static long tick() {
		return clock.incrementAndGet();
	}

	/**
	 * Attach what is known to the transaction that just began.
	 * @param begin when it began
	 */
	static void register(long begin) {
		if (TransactionSynchronizationManager.isSynchronizationActive() && current() == null) {
			State state = new State(begin);
			TransactionSynchronizationManager.bindResource(State.class, state);
			TransactionSynchronizationManager.registerSynchronization(state);
		}
	}

	private static boolean isCommitted() {
		State state = current();
		return state != null && state.committed;
	}

	private static @Nullable State current() {
		return (State) TransactionSynchronizationManager.getResource(State.class);
	}

	/**
	 * The state of one transaction, bound to its thread. It is told of the commit before
	 * any other synchronization.
	 */
	private static final class State implements TransactionSynchronization {

		private final long begin;

		private boolean committing;

		private boolean committed;

		State(long begin) {
			this.begin = begin;
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		public void suspend() {
			TransactionSynchronizationManager.unbindResourceIfPossible(State.class);
		}

		@Override
		public void resume() {
			TransactionSynchronizationManager.bindResource(State.class, this);
		}

		@Override
		public void beforeCommit(boolean readOnly) {
			this.committing = true;
		}

		@Override
		public void afterCommit() {
			this.committed = true;
		}

		@Override
		public void afterCompletion(int status) {
			TransactionSynchronizationManager.unbindResourceIfPossible(State.class);
		}

	}

}
