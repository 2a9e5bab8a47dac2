package io.cachepolicy.benchmarks.runs;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.cachepolicy.benchmarks.Database;
import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ProductRepository;
import io.cachepolicy.benchmarks.app.ShopApplication;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.stereotype.Service;

/**
 * How long the application takes to start.
 */
public final class StartUp implements Study {

	@Override
	public void run(Scale scale, Report report) {
		report.section("Start-up",
				"""
						The time of `SpringApplication.run` of the same application, each in a JVM of its own, in turns, on a \
						database that has the tables: with Boot's Caffeine cache, on a class path without this product, and with \
						this product. Each starts with the same cache names, and has a service with a `@Cacheable` method and a \
						repository. Milliseconds, medians.""");
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
		double[][] all = new double[4][scale.of(15, 1)];
		try (Database database = Database.start(); ClassPath classPath = new ClassPath()) {
			if (scale == Scale.FULL) {
				start(classPath.all(), true, database, own(1));
			}
			for (int round = 0; round < all[0].length; round++) {
				for (int i = 0; i < counts.length; i++) {
					all[2 * i][round] = start(classPath.withoutProduct(), false, database, boot(counts[i]));
					all[2 * i + 1][round] = start(classPath.all(), true, database, own(counts[i]));
				}
			}
		}
		return IntStream.range(0, all.length)
			.mapToObj((i) -> new double[] { Measure.median(all[i]) })
			.toArray(double[][]::new);
	}

	private static double start(String classPath, boolean own, Database database, String... settings) {
		String[] arguments = Stream.concat(Stream.of(database.url()), Stream.of(settings)).toArray(String[]::new);
		double[] told = Child.run(classPath, StartUp.class, List.of(), arguments);
		if (told[1] != (own ? 1 : 0)) {
			throw new IllegalStateException("Not the cache manager that was meant");
		}
		return told[0];
	}

	private static String[] boot(int caches) {
		return new String[] { "spring.cache.type=caffeine", names(caches) };
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
		try (ConfigurableApplicationContext context = ShopApplication.start(arguments[0],
				(builder) -> builder.sources(Catalogue.class), settings)) {
			double milliseconds = Measure.secondsSince(start) * 1000;
			CacheManager manager = context.getBean(CacheManager.class);
			manager.getCache("cache0");
			Child.tell(milliseconds, (manager instanceof CaffeineCacheManager) ? 0 : 1);
		}
	}

	/**
	 * What every application with a cache has.
	 */
	@Service
	public static class Catalogue {

		private final ProductRepository repository;

		/**
		 * Create a catalogue.
		 * @param repository the products
		 */
		public Catalogue(ProductRepository repository) {
			this.repository = repository;
		}

		/**
		 * Find a product.
		 * @param id its id
		 * @return the product, if there is one
		 */
		@Cacheable("cache0")
		public Optional<Product> find(long id) {
			return this.repository.findById(id);
		}

	}

}
