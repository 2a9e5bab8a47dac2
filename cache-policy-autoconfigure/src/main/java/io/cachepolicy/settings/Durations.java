package io.cachepolicy.settings;

import java.time.Duration;

/**
 * Durations in nanoseconds, with which one can reckon: those that mean "for ever" are cut
 * off.
 */
public final class Durations {

	private static final Duration LONGEST = Duration.ofDays(100 * 365);

	private Durations() {
	}

	/**
	 * Return a duration in nanoseconds.
	 * @param duration the duration
	 * @return its nanoseconds, those of a hundred years at the most, so that they can be
	 * added to a point in time
	 */
	public static long toNanos(Duration duration) {
		return ((duration.compareTo(LONGEST) < 0) ? duration : LONGEST).toNanos();
	}

}
