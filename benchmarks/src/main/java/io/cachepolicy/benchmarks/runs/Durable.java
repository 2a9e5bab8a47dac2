package io.cachepolicy.benchmarks.runs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * What a journal of pending writes costs a put.
 */
public final class Durable implements Study {

	static final int KEYS = 100_000;

	@Override
	public void run(Scale scale, Report report) throws Exception {
		report.section("Durable writes", """
				Puts of 100,000 keys that coalesce, without a flush. As many puts come before those that are measured. \
				Each writer has keys of its own.""");
		Table table = new Table("cache", "threads", "puts per second", "µs per put and thread");
		int puts = scale.of(500_000, 2000);
		measure(table, puts, "", "not durable", 1);
		double one = measure(table, puts, "os", "sync: os", 1);
		double eight = measure(table, puts, "os", "sync: os", 8);
		double group = measure(table, scale.of(100_000, 640), "group", "sync: group", 64);
		report.table(table);
		double beside = beside(scale);
		report.atLeast("17: puts of a cache that is not durable, with a journal to without", 0.95, beside);
		report.atMost("17: µs of a durable put by one thread, sync os", 20, 1e6 / one);
		report.atLeast("17: durable puts of 8 threads to those of one, sync os", 1, eight / one);
		report.atLeast("17: durable puts per second of 64 threads, sync group", 5000, group);
	}

	/**
	 * Compare a cache that is not durable in an application with a journal, which another
	 * cache uses, and in one without, by turns.
	 * @param scale how much is done
	 * @return the rate with the journal to that without
	 */
	private static double beside(Scale scale) throws Exception {
		Path directory = Files.createTempDirectory("journal");
		int puts = scale.of(20_000, 500);
		List<Double> ratios = new ArrayList<>();
		try (Database database = Database.start();
				ConfigurableApplicationContext without = start(database, directory, "", 3 * KEYS,
						"spring.autoconfigure.exclude=io.cachepolicy.journal.JournalAutoConfiguration");
				ConfigurableApplicationContext with = start(database, directory, "", 3 * KEYS,
						"cache-policy.journal.directory=" + directory,
						"cache-policy.caches.kept.entity=" + Product.class.getName(),
						"cache-policy.caches.kept.write-back.durable=true")) {
			PolicyCache plain = ShopCaches.get(without, "products");
			PolicyCache beside = ShopCaches.get(with, "products");
			put(ShopCaches.get(with, "kept"), 100, 1);
			for (int turn = -scale.of(20, 0); turn < scale.of(101, 1); turn++) {
				boolean first = turn % 2 == 0;
				double one = put((first) ? plain : beside, puts, 1);
				double other = put((first) ? beside : plain, puts, 1);
				if (turn >= 0) {
					ratios.add((first) ? one / other : other / one);
				}
			}
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
		ratios.sort(null);
		return ratios.get(ratios.size() / 2);
	}

	static ConfigurableApplicationContext start(Database database, Path directory, String sync, int pending,
			String... more) {
		String writeBack = "cache-policy.defaults.write-back.";
		List<String> properties = new ArrayList<>(
				List.of("cache-policy.caches.products.entity=" + Product.class.getName(),
						"cache-policy.defaults.policy=write-back", "cache-policy.defaults.maximum-size=" + pending,
						writeBack + "flush-interval=1h", writeBack + "max-pending=" + pending,
						writeBack + "flush-threshold=" + pending, "cache-policy.shutdown-timeout=1ms"));
		if (!sync.isEmpty()) {
			properties.addAll(List.of(writeBack + "durable=true", "cache-policy.journal.directory=" + directory,
					"cache-policy.journal.sync=" + sync));
		}
		properties.addAll(List.of(more));
		return ShopApplication.start(database, properties.toArray(String[]::new));
	}

	private static double measure(Table table, int puts, String sync, String name, int threads) throws Exception {
		Path directory = Files.createTempDirectory("journal");
		try (Database database = Database.start();
				ConfigurableApplicationContext context = start(database, directory, sync, 3 * KEYS)) {
			PolicyCache cache = ShopCaches.get(context, "products");
			put(cache, puts, threads);
			double seconds = put(cache, puts, threads);
			double rate = puts / seconds;
			table.row(name, threads, rate, seconds / puts * threads * 1e6);
			return rate;
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	static double put(PolicyCache cache, int puts, int threads) throws InterruptedException {
		List<Thread> writers = new ArrayList<>();
		long start = System.nanoTime();
		for (int thread = 0; thread < threads; thread++) {
			int first = thread;
			writers.add(new Thread(() -> {
				for (int i = first; i < puts; i += threads) {
					Product product = new Product();
					product.fill(1 + i % KEYS, i);
					cache.put(product.getId(), product);
				}
			}));
		}
		writers.forEach(Thread::start);
		for (Thread writer : writers) {
			writer.join();
		}
		return Measure.secondsSince(start);
	}

}
