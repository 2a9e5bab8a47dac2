package io.cachepolicy.benchmarks;

import java.util.Arrays;

/**
 * Helps to measure.
 */
public final class Measure {

	private Measure() {
	}

	/**
	 * Return the time that has passed.
	 * @param start {@link System#nanoTime()} at the start
	 * @return the seconds
	 */
	public static double secondsSince(long start) {
		return (System.nanoTime() - start) / 1e9;
	}

	/**
	 * Return the median.
	 * @param values values, in any order
	 * @return the one in the middle, the lower one of two
	 */
	public static double median(double... values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[(sorted.length - 1) / 2];
	}

}
