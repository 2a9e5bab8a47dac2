package io.cachepolicy.benchmarks.runs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.benchmarks.Database;
import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ShopApplication;
import io.cachepolicy.benchmarks.app.ShopCaches;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * How the time of a drain grows with what is pending.
 */
public final class Drain implements Study {

	@Override
	public void run(Scale scale, Report report) {
		report.section("Drain",
				"""
						As many rows, which exist, are changed, and everything is flushed, in batches of 500. Before each \
						measurement the table is vacuumed: PostgreSQL leaves old versions of rows behind, and it is not its growth \
						that is measured. Medians.""");
		Table table = new Table("pending writes", "flush-threads", "drain (s)", "µs per write");
		XYChart chart = new XYChartBuilder().width(800)
			.height(500)
			.title("Drain time")
			.xAxisTitle("pending writes")
			.yAxisTitle("seconds")
			.build();
		chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
		int[] sizes = { scale.of(10_000, 100), scale.of(100_000, 200), scale.of(1_000_000, 400) };
		for (int threads : (scale == Scale.FULL) ? new int[] { 1, 2, 4, 8 } : new int[] { 1 }) {
			double[] seconds = measure(scale, threads, sizes);
			List<Integer> x = new ArrayList<>();
			List<Double> y = new ArrayList<>();
			for (int i = 0; i < sizes.length; i++) {
				table.row(sizes[i], threads, seconds[i], seconds[i] / sizes[i] * 1e6);
				x.add(sizes[i]);
				y.add(seconds[i]);
			}
			chart.addSeries(threads + " flush threads", x, y);
			if (threads == 1) {
				double ratio = (seconds[2] / sizes[2]) / (seconds[0] / sizes[0]);
				report.atMost("8: drain time per write, of 1,000,000 to 10,000", 1.3, ratio);
			}
		}
		report.table(table);
		report.plot("drain", "Drain time by pending writes and flush threads", chart);
	}

	private static double[] measure(Scale scale, int threads, int[] sizes) {
		int most = sizes[sizes.length - 1];
		String writeBack = "cache-policy.defaults.write-back.";
		try (Database database = Database.start();
				ConfigurableApplicationContext context = ShopApplication.start(database,
						"cache-policy.caches.products.entity=" + Product.class.getName(),
						"cache-policy.defaults.policy=write-back", "cache-policy.defaults.maximum-size=" + most,
						"cache-policy.defaults.isolation=shared", writeBack + "flush-interval=1h",
						writeBack + "flush-threads=" + threads, writeBack + "flush-threshold=" + 2 * most,
						writeBack + "max-pending=" + 3 * most)) {
			PolicyCache cache = ShopCaches.get(context, "products");
			int revision = 0;
			drain(cache, most, revision++);
			double[] medians = new double[sizes.length];
			for (int i = 0; i < sizes.length; i++) {
				double[] seconds = new double[scale.of((sizes[i] == most) ? 2 : 7, 1)];
				for (int round = 0; round < seconds.length; round++) {
					database.execute("vacuum full product");
					seconds[round] = drain(cache, sizes[i], revision++);
				}
				medians[i] = Measure.median(seconds);
			}
			return medians;
		}
	}

	private static double drain(PolicyCache cache, int count, int revision) {
		for (long id = 1; id <= count; id++) {
			Product product = new Product();
			product.fill(id, revision);
			cache.put(id, product);
		}
		long start = System.nanoTime();
		FlushReport report = cache.flush(Duration.ofMinutes(10));
		double seconds = Measure.secondsSince(start);
		if (!report.equals(new FlushReport(count, 0, 0))) {
			throw new IllegalStateException(report.toString());
		}
		return seconds;
	}

}
