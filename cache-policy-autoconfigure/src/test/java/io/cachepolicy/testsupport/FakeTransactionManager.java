package io.cachepolicy.testsupport;

import io.cachepolicy.transaction.TransactionClock;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.SavepointManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.SmartTransactionObject;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Transactions of nothing, with savepoints.
 */
@SuppressWarnings("serial")
public final class FakeTransactionManager extends AbstractPlatformTransactionManager {

	private boolean failNextCommit;

	private Runnable onCommit = () -> {
	};

	private Runnable onRollback = () -> {
	};

	public FakeTransactionManager() {
		setNestedTransactionAllowed(true);
		addListener(new TransactionClock(this));
	}

	/**
	 * Let a store take part in the transactions.
	 * @param onCommit run when a transaction commits
	 * @param onRollback run when a transaction rolls back
	 */
	public void enlist(Runnable onCommit, Runnable onRollback) {
		this.onCommit = onCommit;
		this.onRollback = onRollback;
	}

	public void failNextCommit() {
		this.failNextCommit = true;
	}

	@Override
	protected Object doGetTransaction() {
		FakeTransaction current = (FakeTransaction) TransactionSynchronizationManager.getResource(this);
		return (current != null) ? current : new FakeTransaction();
	}

	@Override
	protected boolean isExistingTransaction(Object transaction) {
		return ((FakeTransaction) transaction).active;
	}

	@Override
	protected void doBegin(Object transaction, TransactionDefinition definition) {
		((FakeTransaction) transaction).active = true;
		TransactionSynchronizationManager.bindResource(this, transaction);
	}

	@Override
	protected Object doSuspend(Object transaction) {
		return TransactionSynchronizationManager.unbindResource(this);
	}

	@Override
	protected void doResume(@Nullable Object transaction, Object suspended) {
		TransactionSynchronizationManager.bindResource(this, suspended);
	}

	@Override
	protected void doCommit(DefaultTransactionStatus status) {
		if (this.failNextCommit) {
			this.failNextCommit = false;
			throw new IllegalStateException("The commit failed");
		}
		this.onCommit.run();
	}

	@Override
	protected void doRollback(DefaultTransactionStatus status) {
		this.onRollback.run();
	}

	@Override
	protected void doSetRollbackOnly(DefaultTransactionStatus status) {
		((FakeTransaction) status.getTransaction()).rollbackOnly = true;
	}

	@Override
	protected void doCleanupAfterCompletion(Object transaction) {
		TransactionSynchronizationManager.unbindResource(this);
	}

	private static final class FakeTransaction implements SmartTransactionObject, SavepointManager {

		private boolean active;

		private boolean rollbackOnly;

		@Override
		public boolean isRollbackOnly() {
			return this.rollbackOnly;
		}

		@Override
		public Object createSavepoint() {
			return new Object();
		}

		@Override
		public void rollbackToSavepoint(Object savepoint) {
		}

		@Override
		public void releaseSavepoint(Object savepoint) {
		}

	}

}
