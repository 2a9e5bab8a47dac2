package io.cachepolicy.text;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

/**
 * The one way to describe failures of stores, in logs, descriptions and the endpoint.
 * What a store says of a row may quote it: the messages of exceptions are left out, and
 * types, SQLSTATE and codes tell what happened. Only what is said of a connection, and
 * what this library says itself, is kept. Thread-safe.
 */
public final class FailureText {

	private static final String OWN = "io.cachepolicy.";

	/**
	 * SQLSTATE classes of failures to connect: no connection, no such user, no such
	 * database.
	 */
	private static final Set<String> CONNECTION = Set.of("08", "28", "3D");

	private FailureText() {
	}

	/**
	 * Describe a failure: its type, the SQLSTATE, and the type of its innermost cause.
	 * @param failure the failure
	 * @return the description, on one line
	 */
	public static String of(Throwable failure) {
		SQLException sql = sqlException(failure);
		return Stream.of(failure, (sql != null) ? sql : failure, root(failure))
			.distinct()
			.map(FailureText::describe)
			.collect(Collectors.joining(" caused by "));
	}

	/**
	 * Return the SQLSTATE of a failure: that of its innermost cause which has one.
	 * @param failure the failure
	 * @return the SQLSTATE, or {@code null} if there is none
	 */
	public static @Nullable String sqlState(Throwable failure) {
		SQLException sql = sqlException(failure);
		return (sql != null) ? KeyText.of(sql.getSQLState()) : null;
	}

	private static @Nullable SQLException sqlException(Throwable failure) {
		SQLException sql = null;
		for (Throwable cause : causes(failure)) {
			if (cause instanceof SQLException ex && ex.getSQLState() != null) {
				sql = ex;
			}
		}
		return sql;
	}

	/**
	 * Return the innermost cause of a failure.
	 * @param failure the failure
	 * @return the innermost cause, the failure itself if it has none
	 */
	public static Throwable root(Throwable failure) {
		List<Throwable> causes = causes(failure);
		return causes.get(causes.size() - 1);
	}

	/**
	 * Return what can be logged of a failure: its types and stack traces, but no
	 * messages.
	 * @param failure the failure
	 * @return an exception that looks like it
	 */
	public static Throwable withoutMessages(Throwable failure) {
		List<Throwable> causes = causes(failure);
		Throwable described = null;
		for (int i = causes.size() - 1; i >= 0; i--) {
			described = new DescribedFailure(causes.get(i), described);
		}
		return (described != null) ? described : failure;
	}

	/**
	 * Return what is logged of a failure: all of it if the application asks for that by
	 * the level {@code trace}, else what is {@link #withoutMessages without messages}.
	 * @param failure the failure
	 * @param logger where it is logged
	 * @return an exception to be logged
	 */
	public static Throwable loggable(Throwable failure, Log logger) {
		return (logger.isTraceEnabled()) ? failure : withoutMessages(failure);
	}

	static List<Throwable> causes(Throwable failure) {
		List<Throwable> causes = new ArrayList<>();
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
			causes.add(cause);
		}
		return causes;
	}

	static String describe(Throwable failure) {
		StringBuilder text = new StringBuilder(failure.getClass().getName());
		if (failure instanceof SQLException ex) {
			text.append(" (SQLSTATE ").append(KeyText.of(ex.getSQLState()));
			text.append((ex.getErrorCode() != 0) ? ", code " + ex.getErrorCode() + ")" : ")");
		}
		String message = failure.getMessage();
		if (message != null && speaksOfNoRow(failure)) {
			text.append(": ").append(KeyText.of(message));
		}
		return text.toString();
	}

	private static boolean speaksOfNoRow(Throwable failure) {
		if (failure instanceof SQLException ex) {
			String state = ex.getSQLState();
			return state != null && state.length() == 5 && CONNECTION.contains(state.substring(0, 2));
		}
		return failure instanceof VirtualMachineError || failure.getClass().getName().startsWith(OWN)
				|| (failure instanceof IOException && failure.getClass().getName().startsWith("java.net."));
	}

	/**
	 * Looks like a failure, but for what that says.
	 */
	@SuppressWarnings("serial")
	private static final class DescribedFailure extends Exception {

		private final String description;

		DescribedFailure(Throwable failure, @Nullable Throwable cause) {
			super(describe(failure), cause, false, true);
			this.description = describe(failure);
			setStackTrace(failure.getStackTrace());
		}

		@Override
		public String toString() {
			return this.description;
		}

		@Override
		public Throwable fillInStackTrace() {
			return this;
		}

	}

}
