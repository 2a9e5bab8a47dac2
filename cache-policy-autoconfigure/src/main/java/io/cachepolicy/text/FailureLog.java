package io.cachepolicy.text;

import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

/**
 * Logs failures that may come by the thousand. The first one of a {@link FailureShape
 * shape} within a minute is logged with its stack traces, as {@link FailureText#loggable}
 * says. Those that follow are a line each up to the tenth, then only the hundredth, the
 * thousandth and so on are. Thread-safe.
 */
public final class FailureLog {

	private static final int LINES = 10;

	private final Log log;

	private final boolean verbatim;

	private final RepeatedFailures repeated;

	/**
	 * Create a log of failures.
	 * @param log where they are logged
	 */
	public FailureLog(Log log) {
		this(log, false, System::nanoTime);
	}

	FailureLog(Log log, boolean verbatim, LongSupplier nanos) {
		this.log = log;
		this.verbatim = verbatim;
		this.repeated = new RepeatedFailures(nanos);
	}

	/**
	 * Create a log of failures that say nothing of rows, so that their messages are
	 * shown.
	 * @param log where they are logged
	 * @return the log of failures
	 */
	public static FailureLog verbatim(Log log) {
		return new FailureLog(log, true, System::nanoTime);
	}

	/**
	 * Log a failure at the level {@code error}.
	 * @param message what failed
	 * @param failure the failure
	 */
	public void error(String message, Throwable failure) {
		log(message, failure, this.log::error);
	}

	/**
	 * Log a failure at the level {@code warn}.
	 * @param message what failed
	 * @param failure the failure
	 */
	public void warn(String message, Throwable failure) {
		log(message, failure, this.log::warn);
	}

	private void log(String message, Throwable failure, BiConsumer<Object, @Nullable Throwable> level) {
		RepeatedFailures.Turn turn = this.repeated.count(failure);
		if (turn.first()) {
			level.accept(
					(turn.count() > 1) ? message + " (" + turn.count() + " alike since that was told before)" : message,
					(this.verbatim) ? failure : FailureText.loggable(failure, this.log));
		}
		else if (isTold(turn.count())) {
			level.accept("%s: %s (%d alike by now)".formatted(message, FailureText.of(failure), turn.count()), null);
		}
	}

	private static boolean isTold(long count) {
		long rest = count;
		while (rest > LINES && rest % LINES == 0) {
			rest /= LINES;
		}
		return count <= LINES || rest == LINES;
	}

}
