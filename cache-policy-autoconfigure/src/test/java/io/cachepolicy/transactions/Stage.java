package io.cachepolicy.transactions;

import org.springframework.transaction.event.TransactionPhase;

/**
 * What a {@link Scenario} is told with.
 */
interface Stage {

	/**
	 * Run the operation, and check what the writer and others see then.
	 */
	void work();

	/**
	 * Run the operation in a phase of the current transaction.
	 * @param phase the phase
	 */
	void workIn(TransactionPhase phase);

	/**
	 * Write another key by the same policy.
	 */
	void writeNeighbour();

	/**
	 * Check what the current thread sees.
	 * @param done whether it is to see the operation
	 */
	void writerSees(boolean done);

	void transaction(Runnable action);

	void nested(Runnable action);

	void requiresNew(Runnable action);

	void readOnly(Runnable action);

	/**
	 * Run an action in a transaction of the other database.
	 * @param action the action
	 */
	void other(Runnable action);

	/**
	 * Mark the innermost transaction, which rolls back at its end.
	 */
	void setRollbackOnly();

	void violateDeferredConstraint();

	void failBeforeCommit();

	void failAfterCommit();

	/**
	 * Forget what the session holds, as who goes back to a savepoint has to.
	 */
	void clearPersistenceContext();

	/**
	 * A failure of the application.
	 */
	class Failure extends RuntimeException {

		private static final long serialVersionUID = 1L;

		Failure() {
			super("on purpose");
		}

	}

}
