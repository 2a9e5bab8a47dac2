package io.cachepolicy.jpa;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.cachepolicy.transaction.Transactions;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.RollbackException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.dao.support.PersistenceExceptionTranslator;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The transactions in which a store works. Failures come as Spring's
 * {@link org.springframework.dao.DataAccessException}.
 * <p>
 * In callbacks after a commit the transaction that is still bound to the thread has
 * ended, so that reads and writes get one of their own.
 */
final class StoreTransactions {

	private final EntityManagerFactory entityManagerFactory;

	private final PlatformTransactionManager manager;

	private final TransactionTemplate joined;

	private final TransactionTemplate own;

	private final PersistenceExceptionTranslator translator;

	private final boolean resourceLocal;

	StoreTransactions(EntityManagerFactory entityManagerFactory, PlatformTransactionManager transactionManager) {
		this.entityManagerFactory = entityManagerFactory;
		this.manager = transactionManager;
		this.joined = new TransactionTemplate(transactionManager);
		this.own = new TransactionTemplate(transactionManager);
		this.own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.translator = findTranslator(entityManagerFactory);
		this.resourceLocal = transactionManager instanceof JpaTransactionManager;
	}

	private static PersistenceExceptionTranslator findTranslator(EntityManagerFactory factory) {
		PersistenceExceptionTranslator dialect = (factory instanceof EntityManagerFactoryInfo info)
				? info.getJpaDialect() : null;
		return (dialect != null) ? dialect : EntityManagerFactoryUtils::convertJpaAccessExceptionIfPossible;
	}

	PlatformTransactionManager manager() {
		return this.manager;
	}

	/**
	 * Read, in whatever transaction there is.
	 * @param <T> the type of the result
	 * @param action the action
	 * @return its result
	 */
	<T extends @Nullable Object> T read(Supplier<T> action) {
		return translating(() -> isCompleting() ? this.own.execute((status) -> action.get()) : action.get());
	}

	/**
	 * Write in the caller's transaction if there is one, else in an own one.
	 * @param <T> the type of the result
	 * @param action the action
	 * @return its result
	 */
	<T> T write(Supplier<T> action) {
		return write(action, () -> {
		});
	}

	/**
	 * Write in the caller's transaction if there is one, else in an own one.
	 * @param <T> the type of the result
	 * @param action the action
	 * @param flush brings what the action changed to the database, unless the commit of
	 * an own transaction is about to do that: it would look at everything once more
	 * @return its result
	 */
	<T> T write(Supplier<T> action, Runnable flush) {
		if (isCompleting()) {
			return execute(this.own, action, flush);
		}
		if (TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
			throw new InvalidDataAccessApiUsageException(
					"A read-only transaction can't write through to the store: it would never flush the change");
		}
		return execute(this.joined, action, flush);
	}

	/**
	 * Return whether a write joins a transaction of the caller.
	 * @return whether there is one that can write
	 */
	boolean isJoining() {
		return isJoinable() && !TransactionSynchronizationManager.isCurrentTransactionReadOnly()
				&& TransactionSynchronizationManager.hasResource(this.entityManagerFactory);
	}

	/**
	 * Return whether a transaction of the caller can write, by the session that is bound
	 * to the thread, and its connection alone decides how it ends.
	 * @return whether there is one
	 */
	boolean isJoiningOwnSession() {
		return this.resourceLocal && isJoining() && findSynchronized() != null;
	}

	private <T> T execute(TransactionTemplate template, Supplier<T> action, Runnable flush) {
		try {
			return execute(template, (status) -> {
				T result = action.get();
				if (!this.resourceLocal || !status.isNewTransaction()) {
					flush.run();
				}
				return result;
			});
		}
		catch (TransactionSystemException ex) {
			throw refused(ex);
		}
	}

	/**
	 * Run an action in a transaction. If the rollback after its failure fails as well, as
	 * it does when the connection broke, the failure of the action counts.
	 * @param <T> the type of the result
	 * @param template begins and ends the transaction
	 * @param action the action
	 * @return its result
	 */
	private <T> T execute(TransactionTemplate template, TransactionCallback<T> action) {
		AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
		try {
			return template.execute((status) -> {
				try {
					return translating(() -> action.doInTransaction(status));
				}
				catch (Throwable ex) {
					failure.set(ex);
					throw ex;
				}
			});
		}
		catch (Throwable ex) {
			Throwable first = failure.get();
			if (first == null || first == ex) {
				throw ex;
			}
			first.addSuppressed(ex);
			throw StoreTransactions.<RuntimeException>rethrow(first);
		}
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> E rethrow(Throwable ex) throws E {
		throw (E) ex;
	}

	/**
	 * Return what a flush would have thrown, which is not the database's and so was not
	 * translated: a constraint of Bean Validation, or what a callback throws.
	 * @param failure the failure of a commit
	 * @return the cause, if there is one
	 */
	private static RuntimeException refused(TransactionSystemException failure) {
		return (failure.getCause() instanceof RollbackException rollback
				&& rollback.getCause() instanceof RuntimeException cause) ? cause : failure;
	}

	/**
	 * Write in an own transaction with a persistence context of its own.
	 * @param <T> the type of the result
	 * @param action the action
	 * @return its result
	 */
	<T> T writeAlone(Supplier<T> action) {
		Object bound = isSuspendable() ? null
				: TransactionSynchronizationManager.unbindResourceIfPossible(this.entityManagerFactory);
		try {
			return execute(this.own, (status) -> action.get());
		}
		finally {
			if (bound != null) {
				TransactionSynchronizationManager.bindResource(this.entityManagerFactory, bound);
			}
		}
	}

	/**
	 * Return whether a new transaction sets aside the persistence context that is bound
	 * to the thread: that of a transaction, or of a scope that supports one. Any other
	 * would be taken by the transaction.
	 * @return whether there is nothing left to do
	 */
	private boolean isSuspendable() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				|| (TransactionSynchronizationManager.isSynchronizationActive() && findSynchronized() != null);
	}

	private @Nullable EntityManagerHolder findSynchronized() {
		Object bound = TransactionSynchronizationManager.getResource(this.entityManagerFactory);
		return (bound instanceof EntityManagerHolder holder && holder.isSynchronizedWithTransaction()) ? holder : null;
	}

	private boolean isCompleting() {
		return Transactions.isCompleting() || holdsEndedTransaction();
	}

	/**
	 * The persistence context tells what Spring has forgotten, once another transaction
	 * ran in a callback after the completion.
	 * @return whether the transaction of the bound persistence context has ended
	 */
	private boolean holdsEndedTransaction() {
		EntityManagerHolder holder = (this.resourceLocal) ? findSynchronized() : null;
		return holder != null && !holder.getEntityManager().getTransaction().isActive();
	}

	private <T extends @Nullable Object> T translating(Supplier<T> action) {
		try {
			return action.get();
		}
		catch (RuntimeException ex) {
			throw DataAccessUtils.translateIfNecessary(ex, this.translator);
		}
	}

	/**
	 * Run an action when what was just {@link #write written} is committed, before any
	 * callback that may write once more.
	 * @param action the action
	 */
	void afterCommit(Runnable action) {
		if (isJoinable()) {
			TransactionSynchronizationManager.registerSynchronization(new CommitAction(action));
		}
		else {
			action.run();
		}
	}

	/**
	 * Run an action if what was just {@link #write written} is rolled back after all, or
	 * if the commit failed. The last action comes first, as each undoes its own write.
	 * @param action the action
	 */
	void afterRollback(Runnable action) {
		if (isJoinable()) {
			int position = TransactionSynchronizationManager.getSynchronizations().size();
			TransactionSynchronizationManager.registerSynchronization(new RollbackAction(action, position));
		}
	}

	/**
	 * Run an action if nobody knows whether what was just {@link #write written} was
	 * committed, before anybody writes it once more.
	 * @param action the action
	 */
	void afterDoubt(Runnable action) {
		TransactionSynchronizationManager.registerSynchronization(new DoubtAction(action));
	}

	private boolean isJoinable() {
		return TransactionSynchronizationManager.isSynchronizationActive()
				&& TransactionSynchronizationManager.isActualTransactionActive() && !isCompleting();
	}

	/**
	 * An action that belongs to what was written since the last savepoint: if the
	 * transaction goes back to one that was made before the write, there was no write.
	 */
	private abstract static class WriteAction implements TransactionSynchronization {

		private final Set<Object> savepoints = Collections.newSetFromMap(new IdentityHashMap<>());

		private @Nullable Runnable action;

		WriteAction(Runnable action) {
			this.action = action;
		}

		@Override
		public void savepoint(Object savepoint) {
			this.savepoints.add(savepoint);
		}

		@Override
		public void savepointRollback(Object savepoint) {
			if (!this.savepoints.contains(savepoint)) {
				undone();
			}
		}

		abstract void undone();

		/**
		 * Run the action, unless it was run or has become void.
		 */
		void run() {
			Runnable action = this.action;
			this.action = null;
			if (action != null) {
				action.run();
			}
		}

		void drop() {
			this.action = null;
		}

	}

	/**
	 * An action that comes before any callback that may write once more, and is void if
	 * there was no write.
	 */
	private abstract static class EarlyAction extends WriteAction {

		EarlyAction(Runnable action) {
			super(action);
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		void undone() {
			drop();
		}

	}

	/**
	 * An action for a commit. If another callback fails before, it is left to the
	 * completion.
	 */
	private static final class CommitAction extends EarlyAction {

		CommitAction(Runnable action) {
			super(action);
		}

		@Override
		public void afterCommit() {
			run();
		}

		@Override
		public void afterCompletion(int status) {
			if (status == STATUS_COMMITTED) {
				run();
			}
		}

	}

	/**
	 * An action for a commit that failed.
	 */
	private static final class DoubtAction extends EarlyAction {

		private boolean committing;

		DoubtAction(Runnable action) {
			super(action);
		}

		@Override
		public void beforeCommit(boolean readOnly) {
			this.committing = true;
		}

		@Override
		public void afterCompletion(int status) {
			if (status != STATUS_COMMITTED && this.committing) {
				run();
			}
		}

	}

	/**
	 * An action for a rollback.
	 */
	private static final class RollbackAction extends WriteAction {

		private final int position;

		/**
		 * Create an action.
		 * @param action the action
		 * @param position how many synchronizations there were before
		 */
		RollbackAction(Runnable action, int position) {
			super(action);
			this.position = position;
		}

		@Override
		public int getOrder() {
			return Ordered.LOWEST_PRECEDENCE - this.position;
		}

		@Override
		void undone() {
			run();
		}

		@Override
		public void afterCompletion(int status) {
			if (status != STATUS_COMMITTED) {
				run();
			}
		}

	}

}
