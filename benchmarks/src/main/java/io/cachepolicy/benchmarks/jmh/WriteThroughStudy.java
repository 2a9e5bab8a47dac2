package io.cachepolicy.benchmarks.jmh;

import java.util.List;

import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

/**
 * What a write that waits for the database costs beyond the repository.
 */
public final class WriteThroughStudy implements Study {

	private static final List<String> METHODS = List.of("saveAndPut", "writeThrough", "saveAndInvalidate",
			"writeAround");

	@Override
	public void run(Scale scale, Report report) throws Exception {
		report.section("Writes at once",
				"""
						Updates of %,d entities on PostgreSQL, one thread, a transaction each. By hand is `repository.save`, \
						and then `put` or `invalidate` of a Caffeine cache: it caches the instance that JPA returned, and a load \
						that is under way at the same time may cache an older one over it. The product does the same save, \
						keeps such loads from being cached, and copies. Microseconds and bytes per call, medians of runs in \
						JVMs of their own that take turns; the ratio is the median of the ratios of runs that followed each \
						other."""
					.formatted(Shop.SIZE));
		Scores scores = new Scores(WriteThroughBenchmark.class, scale, report);
		for (int round = 0; round < scale.of(3, 1); round++) {
			for (String method : METHODS) {
				// The way to the database is long, and takes long to be compiled
				scores.run(scores.options(method, 1).warmupIterations(scale.of(15, 0)), method + "-" + round);
			}
		}
		Table table = new Table("write", "µs", "B", "of by hand", "bytes, of by hand");
		row(table, scores, "save and put", "saveAndPut", "saveAndPut");
		row(table, scores, "write-through", "writeThrough", "saveAndPut");
		row(table, scores, "save and invalidate", "saveAndInvalidate", "saveAndInvalidate");
		row(table, scores, "write-around", "writeAround", "saveAndInvalidate");
		report.table(table);
		target(report, scores, "write-through", "writeThrough", "saveAndPut");
		target(report, scores, "write-around", "writeAround", "saveAndInvalidate");
	}

	private static void row(Table table, Scores scores, String name, String key, String peer) {
		double[] micros = scores.all(key).stream().mapToDouble(Scores.Score::value).toArray();
		table.row(name, Report.format("%.1f", Measure.median(micros)), bytes(scores, key), scores.ratio(key, peer),
				bytes(scores, key) / bytes(scores, peer));
	}

	private static double bytes(Scores scores, String key) {
		return Measure.median(scores.all(key).stream().mapToDouble(Scores.Score::bytes).toArray());
	}

	private static void target(Report report, Scores scores, String name, String key, String peer) {
		report.atMost("6: " + name + ", time of the same by hand", 1.05, scores.ratio(key, peer));
		report.atMost("6: " + name + ", bytes of the same by hand", 1.05, bytes(scores, key) / bytes(scores, peer));
	}

}
