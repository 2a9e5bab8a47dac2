package io.cachepolicy.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

	private static final long PERIOD = TimeUnit.MINUTES.toNanos(1);

	/**
	 * The most shapes that are known. One that is forgotten is logged in full again.
	 */
	private static final int SHAPES = 64;

	private static final int LINES = 10;

	private final Log log;

	private final boolean verbatim;

	private final LongSupplier nanos;

	private final Map<FailureShape, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<FailureShape, Count> eldest) {
			return size() > SHAPES;
		}

	};

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
		this.nanos = nanos;
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
		Turn turn = count(failure);
		if (turn.first()) {
			level.accept(
					(turn.count() > 1) ? message + " (" + turn.count() + " alike since that was told before)" : message,
					(this.verbatim) ? failure : FailureText.loggable(failure, this.log));
		}
		else if (turn.isTold()) {
			level.accept("%s: %s (%d alike by now)".formatted(message, FailureText.of(failure), turn.count()), null);
		}
	}

	/**
	 * Count a failure.
	 * @param failure the failure
	 * @return whether it is to be logged in full, and how many were alike
	 */
	private synchronized Turn count(Throwable failure) {
		FailureShape shape = FailureShape.of(failure);
		long now = this.nanos.getAsLong();
		Count count = this.counts.get(shape);
		if (count != null && now - count.since < PERIOD) {
			return new Turn(false, ++count.failures);
		}
		this.counts.put(shape, new Count(now));
		return new Turn(true, (count != null) ? count.failures : 1);
	}

	/**
	 * How many failures of a shape there were.
	 */
	private static final class Count {

		private final long since;

		private long failures = 1;

		Count(long since) {
			this.since = since;
		}

	}

	/**
	 * What becomes of a failure.
	 *
	 * @param first whether it is logged in full
	 * @param count how many there were in its minute, or in the one before if it is first
	 */
	private record Turn(boolean first, long count) {

		boolean isTold() {
			long rest = this.count;
			while (rest > LINES && rest % LINES == 0) {
				rest /= LINES;
			}
			return this.count <= LINES || rest == LINES;
		}

	}

}
