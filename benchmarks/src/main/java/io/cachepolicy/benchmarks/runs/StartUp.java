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

	private static final int CACHES = 100;

	@Override
	public void run(Scale scale, Report report) {
		report.section("Start-up",
				"""
						The time of `SpringApplication.run` of the same application, each in a JVM of its own, in pairs whose first \
						one takes turns, on a database that has the tables: with Boot's Caffeine cache, on a class path without this \
						product, and with this product. Each starts with the same cache names, and has a service with a `@Cacheable` \
						method and a repository. Milliseconds, means. Starts differ a lot; the mean of the differences of all pairs \
						is in the given interval with 95 % certainty.""");
		Pairs few;
		Pairs many;
		try (Database database = Database.start(); ClassPath classPath = new ClassPath()) {
			if (scale == Scale.FULL) {
				start(classPath.all(), true, database, own(1));
			}
			few = measure(database, classPath, scale.of(40, 1), 1);
			many = measure(database, classPath, scale.of(15, 1), CACHES);
		}
		Table table = new Table("caches", "pairs", "Boot's Caffeine cache", "cache-policy", "difference", "±");
		for (Pairs pairs : List.of(few, many)) {
			table.row(pairs.caches(), pairs.boot().length, Measure.mean(pairs.boot()), Measure.mean(pairs.own()),
					pairs.difference(), Measure.margin(pairs.differences()));
		}
		report.table(table);
		report.atMost("10: milliseconds more than Boot's Caffeine cache", 100, few.difference());
		report.atMost("10: milliseconds per further cache", 1, (many.difference() - few.difference()) / (CACHES - 1));
	}

	private static Pairs measure(Database database, ClassPath classPath, int count, int caches) {
		Pairs pairs = new Pairs(caches, new double[count], new double[count]);
		for (int i = 0; i < count; i++) {
			if (i % 2 == 0) {
				pairs.boot()[i] = start(classPath.withoutProduct(), false, database, boot(caches));
			}
			pairs.own()[i] = start(classPath.all(), true, database, own(caches));
			if (i % 2 == 1) {
				pairs.boot()[i] = start(classPath.withoutProduct(), false, database, boot(caches));
			}
		}
		return pairs;
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
	 * Starts that followed each other.
	 *
	 * @param caches the number of caches
	 * @param boot the milliseconds with Boot's cache
	 * @param own the milliseconds with this product
	 */
	private record Pairs(int caches, double[] boot, double[] own) {

		double[] differences() {
			return IntStream.range(0, this.own.length).mapToDouble((i) -> this.own[i] - this.boot[i]).toArray();
		}

		double difference() {
			return Measure.mean(differences());
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
