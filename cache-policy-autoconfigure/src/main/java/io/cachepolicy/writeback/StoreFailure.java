package io.cachepolicy.writeback;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientException;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * What the failure of a store call says about the store and the rows of the call.
 */
enum StoreFailure {

	/**
	 * The store is away: nothing is known about the rows.
	 */
	AWAY,

	/**
	 * The call met another one, as in a deadlock: the rows are to be tried again.
	 */
	BUSY,

	/**
	 * A row was changed by someone else: trying again is of no use.
	 */
	CONFLICT,

	/**
	 * The store refuses at least one of the rows.
	 */
	REFUSED;

	/**
	 * Of SQLSTATE: connection, resources, operator intervention as by a shutdown, system
	 * error.
	 */
	private static final Set<String> AWAY_CLASSES = Set.of("08", "53", "57", "58");

	/**
	 * SQLSTATE of a statement that was cancelled, as by a {@code statement_timeout}.
	 */
	private static final String CANCELLED = "57014";

	/**
	 * Classify a failure by the most telling exception among its causes.
	 * @param failure what the store threw
	 * @return the kind of failure
	 */
	static StoreFailure of(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			StoreFailure kind = ofOne(cause);
			if (kind != null) {
				return kind;
			}
		}
		return REFUSED;
	}

	private static @Nullable StoreFailure ofOne(Throwable cause) {
		if (cause instanceof OptimisticLockingFailureException) {
			return CONFLICT;
		}
		if (cause instanceof DataIntegrityViolationException) {
			return REFUSED;
		}
		if (cause instanceof ConcurrencyFailureException || isRolledBack(cause)) {
			return BUSY;
		}
		return (isAway(cause)) ? AWAY : null;
	}

	/**
	 * Return whether a call took too long. It may have been too much for one call, or for
	 * one of its rows.
	 * @param failure what the store threw
	 * @return whether less may succeed
	 */
	static boolean isTimeout(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof QueryTimeoutException || cause instanceof SQLTimeoutException
					|| (cause instanceof SQLException ex && CANCELLED.equals(ex.getSQLState()))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isAway(Throwable cause) {
		return cause instanceof TransientDataAccessException || cause instanceof RecoverableDataAccessException
				|| cause instanceof DataAccessResourceFailureException
				|| cause instanceof CannotCreateTransactionException || cause instanceof SQLTransientException
				|| cause instanceof SQLRecoverableException || cause instanceof SQLNonTransientConnectionException
				|| cause instanceof SocketException || cause instanceof SocketTimeoutException
				|| (cause instanceof SQLException ex && isAwayState(ex.getSQLState()))
				|| (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError));
	}

	/**
	 * Return whether a failure that Spring did not translate is a deadlock or the like.
	 * @param cause the failure
	 * @return whether the transaction can be tried again
	 */
	private static boolean isRolledBack(Throwable cause) {
		return cause instanceof SQLTransactionRollbackException
				|| (cause instanceof SQLException ex && String.valueOf(ex.getSQLState()).startsWith("40"));
	}

	private static boolean isAwayState(@Nullable String state) {
		return state != null && state.length() > 2 && AWAY_CLASSES.contains(state.substring(0, 2));
	}

}
