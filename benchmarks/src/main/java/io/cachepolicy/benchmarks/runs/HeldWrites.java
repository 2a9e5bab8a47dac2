package io.cachepolicy.benchmarks.runs;

import java.lang.management.ManagementFactory;
import java.time.Duration;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.benchmarks.Database;
import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ShopApplication;
import io.cachepolicy.benchmarks.app.ShopCaches;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Holds pending writes, and drains them: run in a JVM whose heap is limited.
 */
public final class HeldWrites {

	private HeldWrites() {
	}

	/**
	 * Tell the bytes of a pending write beside its key and value, and the seconds of the
	 * drain.
	 * @param arguments the number of writes
	 */
	public static void main(String... arguments) {
		int count = Integer.parseInt(arguments[0]);
		String writeBack = "cache-policy.defaults.write-back.";
		try (Database database = Database.start();
				ConfigurableApplicationContext context = ShopApplication.start(database,
						"cache-policy.caches.products.entity=" + Product.class.getName(),
						"cache-policy.defaults.policy=write-back", "cache-policy.defaults.maximum-size=" + 2 * count,
						"cache-policy.defaults.isolation=shared", writeBack + "flush-interval=1h",
						writeBack + "flush-threshold=" + 2 * count, writeBack + "max-pending=" + 3 * count)) {
			PolicyCache cache = ShopCaches.get(context, "products");
			for (long id = 1; id <= count; id++) {
				Product product = new Product();
				product.fill(id, 0);
				cache.put(id, product);
			}
			long held = usedHeap();
			long start = System.nanoTime();
			FlushReport report = cache.flush(Duration.ofMinutes(10));
			double seconds = Measure.secondsSince(start);
			if (report.written() != count || database.query("select count(*) from product") != count) {
				throw new IllegalStateException(report.toString());
			}
			Child.tell((held - usedHeap()) / (double) count, seconds, held / (double) (1 << 20));
		}
	}

	/**
	 * Return what is used after a collection.
	 * @return the bytes
	 */
	private static long usedHeap() {
		long used = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return used;
	}

}
