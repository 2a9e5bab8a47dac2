package io.cachepolicy.faults;

/**
 * Where a failure can be injected.
 */
enum Point {

	/**
	 * A pool connects.
	 */
	CONNECT,

	/**
	 * A connection is asked for.
	 */
	POOL,

	/**
	 * A transaction begins.
	 */
	BEGIN,

	/**
	 * A statement is prepared.
	 */
	PREPARE,

	/**
	 * A statement is about to be executed.
	 */
	EXECUTE,

	/**
	 * A statement was executed, and the answer is on its way.
	 */
	EXECUTED,

	/**
	 * A transaction is about to be committed.
	 */
	COMMIT,

	/**
	 * A transaction was committed, and the answer is on its way.
	 */
	COMMITTED,

	/**
	 * A transaction is rolled back.
	 */
	ROLLBACK,

	/**
	 * A savepoint is set, released, or rolled back to.
	 */
	SAVEPOINT,

	/**
	 * An entity is copied or loaded.
	 */
	COPY,

	/**
	 * Caffeine asks when an entry expires.
	 */
	EXPIRY,

	/**
	 * Caffeine tells of an entry that left.
	 */
	REMOVAL,

	/**
	 * A handler is told of a dead letter.
	 */
	HANDLER,

	/**
	 * A listener is told of an event of Spring.
	 */
	EVENT,

	/**
	 * A listener is told of a flush.
	 */
	FLUSH_LISTENER,

	/**
	 * A store call of a writer is observed.
	 */
	OBSERVER,

	/**
	 * Other instances are told of a change.
	 */
	CHANNEL,

	/**
	 * The context of a writer is captured.
	 */
	CAPTURE,

	/**
	 * The context of a writer is restored.
	 */
	RESTORE,

	/**
	 * A write is encoded for the log.
	 */
	ENCODE,

	/**
	 * The log records what a transaction is going to append.
	 */
	PROMISE,

	/**
	 * The log is forced.
	 */
	FORCE,

	/**
	 * The application's callback runs before a commit.
	 */
	BEFORE_COMMIT,

	/**
	 * The application's callback runs after a commit.
	 */
	AFTER_COMMIT

}
