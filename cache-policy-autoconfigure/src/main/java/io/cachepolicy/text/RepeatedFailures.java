package io.cachepolicy.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Counts failures by their {@link FailureShape shapes}, a minute at a time. Thread-safe.
 */
public final class RepeatedFailures {

	private static final long PERIOD = TimeUnit.MINUTES.toNanos(1);

	/**
	 * The most shapes that are known. One that is forgotten counts as new.
	 */
	private static final int SHAPES = 64;

	private final LongSupplier nanos;

	private final Map<FailureShape, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<FailureShape, Count> eldest) {
			return size() > SHAPES;
		}

	};

	/**
	 * Create a count.
	 * @param nanos tells the time in nanoseconds
	 */
	public RepeatedFailures(LongSupplier nanos) {
		this.nanos = nanos;
	}

	/**
	 * Count a failure.
	 * @param failure the failure
	 * @return whether it is the first of its minute, and how many were alike
	 */
	public synchronized Turn count(Throwable failure) {
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
	 * What is known of a failure.
	 *
	 * @param first whether it is the first of its shape within a minute
	 * @param count how many there were in its minute, or in the one before if it is first
	 */
	public record Turn(boolean first, long count) {

	}

}
