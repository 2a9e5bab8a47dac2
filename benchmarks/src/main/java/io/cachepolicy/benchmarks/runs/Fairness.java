package io.cachepolicy.benchmarks.runs;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

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

/**
 * How long a row waits that can be stored, while others can't.
 */
public final class Fairness implements Study {

	private static final int FLUSH_INTERVAL = 200;

	private static final int CALL_TIMEOUT = 100;

	private static final long FIRST_GOOD = 1_000_000;

	@Override
	public void run(Scale scale, Report report) throws Exception {
		report.section("Fair flushes",
				"""
						So many rows fail, each time they are tried: they are refused by a constraint, or locked by somebody \
						(`lock_timeout` 100 ms), or as slow as their `statement_timeout` of 100 ms. Meanwhile others are written one \
						by one, 50 ms apart, with a `flush-interval` of 200 ms and one flush thread: milliseconds from the write \
						until another connection sees the row. The first one is accepted while the rows that fail have never \
						been tried themselves. The limit is two intervals and a store call, which takes up to 100 ms \
						if the rows are locked or slow. At last nothing is in the way any more: the number of transactions of the \
						cache until then, by row that failed.""");
		Table table = new Table("rows", "number", "first (ms)", "median (ms)", "slowest (ms)", "limit (ms)",
				"transactions per row");
		double worst = 0;
		for (Trouble trouble : Trouble.values()) {
			for (int count : (scale == Scale.FULL) ? new int[] { 1, 40, 1_000, 10_000 } : new int[] { 1, 10 }) {
				Result result = measure(scale, trouble, count);
				int limit = 2 * FLUSH_INTERVAL + ((trouble == Trouble.REFUSED) ? 0 : CALL_TIMEOUT);
				table.row(trouble.words, count, result.first, Measure.median(result.millis),
						Arrays.stream(result.millis).max().orElseThrow(), limit, result.transactions / count);
				worst = Math.max(worst, Measure.median(result.millis) / limit);
			}
		}
		report.table(table);
		report.atMost("a good row behind others, of two intervals and a call", 1, worst);
	}

	private static Result measure(Scale scale, Trouble trouble, int count) throws Exception {
		String writeBack = "cache-policy.defaults.write-back.";
		try (Database database = Database.start();
				ConfigurableApplicationContext context = ShopApplication.start(database.url() + trouble.options,
						"cache-policy.caches.products.entity=" + Product.class.getName(),
						"cache-policy.defaults.policy=write-back", "cache-policy.shutdown-timeout=1s",
						"logging.level.io.cachepolicy=off", "logging.level.org.hibernate=off",
						writeBack + "flush-interval=" + FLUSH_INTERVAL + "ms", writeBack + "flush-threads=1");
				Connection other = database.connect()) {
			PolicyCache cache = ShopCaches.get(context, "products");
			trouble.prepare(database, cache, other, count);
			double before = transactions(database);
			put(cache, 1, count, (trouble == Trouble.REFUSED) ? -1 : 2);
			double first = store(database, cache, FIRST_GOOD - 1);
			double[] millis = new double[scale.of(40, 3)];
			for (int i = 0; i < millis.length; i++) {
				TimeUnit.MILLISECONDS.sleep(50);
				millis[i] = store(database, cache, FIRST_GOOD + i);
			}
			double transactions = transactions(database) - before - millis.length;
			if (!other.getAutoCommit()) {
				other.rollback();
			}
			return new Result(first, millis, Math.max(0, transactions));
		}
	}

	private static double store(Database database, PolicyCache cache, long id) throws Exception {
		try (Connection connection = database.connect();
				PreparedStatement statement = connection.prepareStatement("select 1 from product where id = " + id)) {
			// So that all that looks for the row counts as one transaction
			connection.setAutoCommit(false);
			long start = System.nanoTime();
			put(cache, id, id, 1);
			while (!isThere(statement)) {
				if (Measure.secondsSince(start) > 600) {
					throw new IllegalStateException(
							"Row %d was not stored within ten minutes: %s".formatted(id, cache.pendingWrites()));
				}
				TimeUnit.MILLISECONDS.sleep(1);
			}
			return Measure.secondsSince(start) * 1000;
		}
	}

	private static boolean isThere(PreparedStatement statement) throws SQLException {
		try (ResultSet rows = statement.executeQuery()) {
			return rows.next();
		}
	}

	private static void put(PolicyCache cache, long from, long to, int revision) {
		for (long id = from; id <= to; id++) {
			Product product = new Product();
			product.fill(id, revision);
			cache.put(id, product);
		}
	}

	private static double transactions(Database database) {
		return database
			.query("select xact_commit + xact_rollback from pg_stat_database where datname = current_database()");
	}

	/**
	 * Why rows can't be stored.
	 */
	private enum Trouble {

		REFUSED("refused", ""), LOCKED("locked", "&options=-c%20lock_timeout=" + CALL_TIMEOUT),
		SLOW("slow", "&options=-c%20statement_timeout=" + CALL_TIMEOUT);

		private final String words;

		private final String options;

		Trouble(String words, String options) {
			this.words = words;
			this.options = options;
		}

		private void prepare(Database database, PolicyCache cache, Connection other, int count) throws SQLException {
			if (this == REFUSED) {
				database.execute("alter table product add check (stock >= 0)");
				return;
			}
			put(cache, 1, count, 1);
			if (cache.flush(Duration.ofMinutes(1)).written() != count) {
				throw new IllegalStateException("Not all rows could be stored");
			}
			other.setAutoCommit(false);
			try (Statement statement = other.createStatement()) {
				statement.execute("select 1 from product for update");
			}
		}

	}

	/**
	 * What was measured.
	 *
	 * @param first how long the first row waited
	 * @param millis how long good rows waited then
	 * @param transactions how many there were meanwhile
	 */
	private record Result(double first, double[] millis, double transactions) {

	}

}
