package io.cachepolicy.benchmarks.runs;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.cachepolicy.benchmarks.Database;
import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ShopApplication;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

import org.springframework.cache.CacheManager;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * How long the application takes to start.
 */
public final class StartUp implements Study {

	private static final String EXCLUDED = "spring.autoconfigure.exclude="
			+ "io.cachepolicy.autoconfigure.CachePolicyAutoConfiguration";

	@Override
	public void run(Scale scale, Report report) {
		report.section("Start-up",
				"""
						The time of `SpringApplication.run` of the same application, each in a JVM of its own, in turns, on a \
						database that has the tables: with Boot's Caffeine cache, this auto-configuration excluded, and with this \
						one. Each starts with the same cache names. Milliseconds, medians.""");
		int[] counts = { 1, 100 };
		double[][] milliseconds = measure(scale, counts);
		Table table = new Table("caches", "Boot's Caffeine cache", "cache-policy", "difference");
		for (int i = 0; i < counts.length; i++) {
			double boot = milliseconds[2 * i][0];
			double own = milliseconds[2 * i + 1][0];
			table.row(counts[i], boot, own, own - boot);
		}
		report.table(table);
		double first = milliseconds[1][0] - milliseconds[0][0];
		report.atMost("10: milliseconds more than Boot's Caffeine cache", 100, first);
		report.atMost("10: milliseconds per further cache", 1, (milliseconds[3][0] - milliseconds[2][0] - first) / 99);
	}

	private static double[][] measure(Scale scale, int[] counts) {
		List<IntFunction<String[]>> kinds = List.of(StartUp::boot, StartUp::own);
		double[][] all = new double[4][scale.of(15, 1)];
		try (Database database = Database.start()) {
			if (scale == Scale.FULL) {
				Child.run(StartUp.class, List.of(), withUrl(database, own(1)));
			}
			for (int round = 0; round < all[0].length; round++) {
				for (int i = 0; i < all.length; i++) {
					String[] settings = kinds.get(i % 2).apply(counts[i / 2]);
					all[i][round] = Child.run(StartUp.class, List.of(), withUrl(database, settings))[0];
				}
			}
		}
		return IntStream.range(0, all.length)
			.mapToObj((i) -> new double[] { Measure.median(all[i]) })
			.toArray(double[][]::new);
	}

	private static String[] withUrl(Database database, String... settings) {
		return IntStream.rangeClosed(0, settings.length)
			.mapToObj((i) -> (i == 0) ? database.url() : settings[i - 1])
			.toArray(String[]::new);
	}

	private static String[] boot(int caches) {
		return new String[] { EXCLUDED, "spring.cache.type=caffeine", names(caches) };
	}

	private static String[] own(int caches) {
		return new String[] { "cache-policy.defaults.entity=" + Product.class.getName(), names(caches) };
	}

	private static String names(int caches) {
		return IntStream.range(0, caches)
			.mapToObj((i) -> "cache" + i)
			.collect(Collectors.joining(",", "spring.cache.cache-names=", ""));
	}

	/**
	 * Start the application, and tell how long it takes.
	 * @param arguments the URL of the database, and settings
	 */
	public static void main(String... arguments) {
		long start = System.nanoTime();
		String[] settings = List.of(arguments).subList(1, arguments.length).toArray(String[]::new);
		try (ConfigurableApplicationContext context = ShopApplication.start(arguments[0], settings)) {
			Child.tell(Measure.secondsSince(start) * 1000);
			context.getBean(CacheManager.class).getCache("cache0");
		}
	}

}
