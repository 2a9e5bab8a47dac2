package io.cachepolicy.benchmarks.runs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.WriteRefusedException;
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
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What writers in transactions do that find no room.
 */
public final class Waiting implements Study {

	private static final int WRITERS = 8;

	@Override
	public void run(Scale scale, Report report) throws Exception {
		report.section("Writers without room", """
				Eight threads write back with a `max-pending` of 20, each value to another row, to a pool of so many \
				connections: each in a transaction that asks the database for something first, or after such a \
				transaction. Accepted writes per second, and writes that were refused.""");
		Table table = new Table("connections", "after (writes/s)", "in transactions (writes/s)", "ratio", "refused");
		double lowest = Double.MAX_VALUE;
		long refused = 0;
		for (int connections : new int[] { 1, 2, 4 }) {
			double[] outside = new double[scale.of(5, 1)];
			double[] inside = new double[outside.length];
			long before = refused;
			try (Database database = Database.start();
					ConfigurableApplicationContext context = start(database, connections)) {
				Writers writers = new Writers(context);
				writers.run(scale, true);
				writers.run(scale, false);
				for (int i = 0; i < outside.length; i++) {
					outside[i] = writers.run(scale, false);
					inside[i] = writers.run(scale, true);
				}
				refused += writers.refused;
			}
			double ratio = Measure.median(inside) / Measure.median(outside);
			lowest = Math.min(lowest, ratio);
			table.row(connections, Measure.median(outside), Measure.median(inside), ratio, refused - before);
		}
		report.table(table);
		report.atLeast("writers in transactions without room, of those after", 0.8, lowest);
		report.atMost("writers in transactions that are refused", 0, refused);
	}

	private static ConfigurableApplicationContext start(Database database, int connections) {
		String writeBack = "cache-policy.defaults.write-back.";
		return ShopApplication.start(database, "cache-policy.caches.products.entity=" + Product.class.getName(),
				"cache-policy.defaults.policy=write-back", "spring.datasource.hikari.maximum-pool-size=" + connections,
				writeBack + "max-pending=20");
	}

	/**
	 * The threads that write.
	 */
	private static final class Writers {

		private final PolicyCache cache;

		private final JdbcTemplate jdbc;

		private final TransactionTemplate transaction;

		private long refused;

		private long next;

		Writers(ConfigurableApplicationContext context) {
			this.cache = ShopCaches.get(context, "products");
			this.jdbc = context.getBean(JdbcTemplate.class);
			this.transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		}

		double run(Scale scale, boolean transactional) throws Exception {
			long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(scale.of(3000, 100));
			ExecutorService executor = Executors.newFixedThreadPool(WRITERS);
			try {
				List<Future<Long>> written = new ArrayList<>();
				for (int i = 0; i < WRITERS; i++) {
					long first = this.next;
					this.next += 1_000_000;
					Callable<Long> writer = () -> write(first, end, transactional);
					written.add(executor.submit(writer));
				}
				long start = System.nanoTime();
				long count = 0;
				for (Future<Long> future : written) {
					count += future.get();
				}
				return count / Measure.secondsSince(start);
			}
			finally {
				executor.shutdownNow();
			}
		}

		private long write(long first, long end, boolean transactional) {
			long count = 0;
			while (System.nanoTime() < end) {
				long id = first + count;
				try {
					this.transaction.executeWithoutResult((status) -> {
						this.jdbc.queryForObject("select 1", Integer.class);
						if (transactional) {
							put(id);
						}
					});
					if (!transactional) {
						put(id);
					}
					count++;
				}
				catch (WriteRefusedException ex) {
					refused();
				}
			}
			return count;
		}

		private void put(long id) {
			Product product = new Product();
			product.fill(id, 1);
			this.cache.put(id, product);
		}

		private synchronized void refused() {
			this.refused++;
		}

	}

}
