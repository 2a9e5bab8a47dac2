package io.cachepolicy.benchmarks.jmh;

import java.util.Locale;
import java.util.stream.IntStream;

import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/**
 * How the time of an operation grows with the number of entries.
 */
public final class GrowthStudy implements Study {

	@Override
	public void run(Scale scale, Report report) throws Exception {
		report.section("Growth of a cache", """
				Reads and deferred writes of keys at random, each as likely as any other, one value for all of them, \
				one thread, a heap of 3 GB. Nanoseconds per call. All entries are pending as well, so that a write \
				finds its key in two tables where Caffeine has one. That time grows at all is what the caches of the \
				processor do: Caffeine shows it as well. *Growth* is the time of a size by that of the smallest, and \
				*beyond Caffeine* is the growth by Caffeine's.""");
		int[] sizes = (scale == Scale.FULL) ? new int[] { 10_000, 100_000, 1_000_000, 5_000_000 }
				: new int[] { 100, 1_000 };
		Scores scores = new Scores(GrowthBenchmark.class, scale, report);
		scores.run(scores.options(".*", 2)
			.param("entries", IntStream.of(sizes).mapToObj(Integer::toString).toArray(String[]::new))
			.jvmArgsAppend("-Xms3g", "-Xmx3g"), "", "entries");
		XYChart chart = new XYChartBuilder().title("Time per operation")
			.xAxisTitle("entries")
			.yAxisTitle("ns")
			.width(800)
			.height(400)
			.build();
		chart.getStyler().setXAxisLogarithmic(true).setYAxisMin(0.0);
		for (String operation : new String[] { "Get", "Put" }) {
			add(report, scores, operation, sizes);
			chart.addSeries("Caffeine " + operation.toLowerCase(Locale.ROOT), doubles(sizes),
					times(scores, "caffeine" + operation, sizes));
			chart.addSeries("PolicyCache " + operation.toLowerCase(Locale.ROOT), doubles(sizes),
					times(scores, "policyCache" + operation, sizes));
		}
		report.plot("growth", "Nanoseconds per get and put by the number of entries", chart);
	}

	private static void add(Report report, Scores scores, String operation, int[] sizes) {
		String name = operation.toLowerCase(Locale.ROOT);
		Table table = new Table(name + ", entries", "Caffeine", "growth", "PolicyCache", "growth", "of Caffeine",
				"beyond Caffeine");
		double[] peer = times(scores, "caffeine" + operation, sizes);
		double[] ours = times(scores, "policyCache" + operation, sizes);
		double beyond = 1;
		for (int i = 0; i < sizes.length; i++) {
			beyond = (ours[i] / ours[0]) / (peer[i] / peer[0]);
			table.row(sizes[i], scores.get("caffeine" + operation + " " + sizes[i]), peer[i] / peer[0],
					scores.get("policyCache" + operation + " " + sizes[i]), ours[i] / ours[0], ours[i] / peer[i],
					beyond);
		}
		report.table(table);
		report.atMost("8: growth of %s from %,d to %,d entries".formatted(name, sizes[0], sizes[sizes.length - 1]), 1.3,
				ours[sizes.length - 1] / ours[0]);
		report.atMost("8: growth of %s from %,d to %,d entries, by that of Caffeine".formatted(name, sizes[0],
				sizes[sizes.length - 1]), 1.3, beyond);
	}

	private static double[] times(Scores scores, String method, int[] sizes) {
		return IntStream.of(sizes).mapToDouble((size) -> scores.get(method + " " + size).value()).toArray();
	}

	private static double[] doubles(int[] sizes) {
		return IntStream.of(sizes).asDoubleStream().toArray();
	}

}
