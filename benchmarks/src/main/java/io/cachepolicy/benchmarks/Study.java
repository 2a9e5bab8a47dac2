package io.cachepolicy.benchmarks;

import io.cachepolicy.benchmarks.report.Report;

/**
 * Measurements that answer one question.
 */
public interface Study {

	/**
	 * Measure, and tell of it.
	 * @param scale how much
	 * @param report told of the results
	 * @throws Exception if that is not possible, as a peer did not store what it should
	 */
	void run(Scale scale, Report report) throws Exception;

}
