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

	/**
	 * Return the mean.
	 * @param values the values
	 * @return their sum by their number
	 */
	public static double mean(double... values) {
		return Arrays.stream(values).average().orElseThrow();
	}

	/**
	 * Return how far the mean of samples may be from the true one, with 95 % certainty.
	 * @param values the samples, some dozens
	 * @return half of the width of the interval, {@code 0} for one sample
	 */
	public static double margin(double... values) {
		double mean = mean(values);
		double squares = Arrays.stream(values).map((value) -> (value - mean) * (value - mean)).sum();
		return (values.length > 1) ? 1.96 * Math.sqrt(squares / (values.length - 1) / values.length) : 0;
	}

}
