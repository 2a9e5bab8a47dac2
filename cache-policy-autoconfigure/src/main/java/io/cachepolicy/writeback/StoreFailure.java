package io.cachepolicy.writeback;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/**
 * What the failure of one store call says by itself. Whose fault it is, {@link Evidence}
 * finds out, by what other calls meet.
 *
 * @param kind what the exceptions say
 * @param words how they say it, to be compared with what other calls meet
 */
record StoreFailure(FailureKind kind, Words words) {

	private static final String VALIDATION = "jakarta.validation.ValidationException";

	/**
	 * Read a failure.
	 * @param thrown what the store threw
	 * @return what it says
	 */
	static StoreFailure of(Throwable thrown) {
		List<Throwable> causes = causesOf(thrown);
		return new StoreFailure(kindOf(causes), Words.of(causes));
	}

	/**
	 * Return an exception with its causes, from the outermost to the innermost. Of a
	 * rollback that failed, those of the exception because of which there was one come
	 * first.
	 * @param thrown the exception
	 * @return the causes
	 */
	private static List<Throwable> causesOf(Throwable thrown) {
		List<Throwable> causes = new ArrayList<>();
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		for (Throwable cause = thrown; cause != null && seen.add(cause); cause = cause.getCause()) {
			if (cause instanceof TransactionSystemException system && system.getApplicationException() != null) {
				causes.addAll(0, causesOf(system.getApplicationException()));
			}
			causes.add(cause);
		}
		return causes;
	}

	private static FailureKind kindOf(List<Throwable> causes) {
		if (has(causes, OptimisticLockingFailureException.class::isInstance)) {
			return FailureKind.CONFLICT;
		}
		if (has(causes, StoreFailure::isOfValue)) {
			return FailureKind.REFUSED;
		}
		if (PoolExhaustion.isIn(causes)) {
			return FailureKind.UNSERVED;
		}
		if (has(causes, StoreFailure::isOfConnecting)) {
			return FailureKind.UNREACHABLE;
		}
		if (has(causes, StoreFailure::isOfAnswer)) {
			return FailureKind.TIMEOUT;
		}
		for (Throwable cause : causes) {
			FailureKind kind = (cause instanceof SQLException ex) ? SqlCodes.kindOf(ex) : null;
			if (kind != null) {
				return kind;
			}
		}
		return kindByType(causes);
	}

	private static boolean isOfValue(Throwable cause) {
		return cause instanceof DataIntegrityViolationException || cause instanceof InvalidDataAccessApiUsageException
				|| isValidation(cause.getClass());
	}

	/**
	 * Return whether a type is one of Bean Validation, which may be absent.
	 * @param type the type of an exception
	 * @return whether a constraint of the value is violated
	 */
	private static boolean isValidation(@Nullable Class<?> type) {
		return type != null && (type.getName().equals(VALIDATION) || isValidation(type.getSuperclass()));
	}

	private static boolean isOfConnecting(Throwable cause) {
		return cause instanceof CannotCreateTransactionException || cause instanceof CannotGetJdbcConnectionException;
	}

	/**
	 * Return whether a driver gave up waiting for an answer, as for that of a row which
	 * is locked.
	 * @param cause an exception
	 * @return whether it is of a connection that was established
	 */
	private static boolean isOfAnswer(Throwable cause) {
		return cause instanceof SocketTimeoutException
				&& !String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).startsWith("connect");
	}

	private static FailureKind kindByType(List<Throwable> causes) {
		if (has(causes, (cause) -> cause instanceof ConcurrencyFailureException
				|| cause instanceof SQLTransactionRollbackException)) {
			return FailureKind.BUSY;
		}
		if (has(causes, (cause) -> cause instanceof QueryTimeoutException || cause instanceof SQLTimeoutException)) {
			return FailureKind.TIMEOUT;
		}
		return has(causes, StoreFailure::isOfResource) ? FailureKind.RESOURCE : FailureKind.UNCLEAR;
	}

	private static boolean isOfResource(Throwable cause) {
		return cause instanceof DataAccessResourceFailureException || cause instanceof TransientDataAccessException
				|| cause instanceof RecoverableDataAccessException || cause instanceof SQLTransientException
				|| cause instanceof SQLRecoverableException || cause instanceof SQLNonTransientConnectionException
				|| cause instanceof IOException
				|| (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError));
	}

	private static boolean has(List<Throwable> causes, Predicate<Throwable> predicate) {
		return causes.stream().anyMatch(predicate);
	}

	/**
	 * The words of a failure: of what the database says its codes, else type and message.
	 * A long message is cut, as pending writes keep it.
	 *
	 * @param type the type of the innermost exception, empty for a database's
	 * @param text its message, or the codes
	 */
	record Words(String type, String text) {

		private static final int LENGTH = 100;

		private static Words of(List<Throwable> causes) {
			for (Throwable cause : causes) {
				if (cause instanceof SQLException ex && ex.getSQLState() != null) {
					return new Words("", ex.getSQLState() + " " + ex.getErrorCode());
				}
			}
			Throwable last = causes.get(causes.size() - 1);
			return new Words(last.getClass().getName(), cut(String.valueOf(last.getMessage())));
		}

		private static String cut(String message) {
			return (message.length() > LENGTH)
					? message.substring(0, LENGTH) + "#" + Integer.toHexString(message.hashCode()) : message;
		}

	}

}
