package io.cachepolicy.benchmarks.runs;

import java.util.List;

import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

/**
 * What pending writes need of the heap.
 */
public final class Memory implements Study {

	@Override
	public void run(Scale scale, Report report) {
		report.section("Memory",
				"""
						A JVM with `-Xmx512m` runs the application, holds pending writes of as many keys, each cached as well, and \
						drains them. The heap that is used after a collection before the drain, less that of after it, is what the \
						pending writes needed beside their keys and values, which stay in the cache.""");
		Table table = new Table("pending writes", "heap used (MB)", "bytes per pending write", "drain (s)");
		int most = scale.of(1_000_000, 2_000);
		for (int count : (scale == Scale.FULL) ? new int[] { most / 10, most } : new int[] { most }) {
			double[] result = Child.run(HeldWrites.class, List.of("-Xmx512m"), String.valueOf(count));
			table.row(count, result[2], result[0], result[1]);
			if (count == most) {
				report.atMost("7: bytes per pending write, of 1,000,000 in 512 MB", 120, result[0]);
			}
		}
		report.table(table);
	}

}
