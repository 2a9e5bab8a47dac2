package io.cachepolicy.benchmarks.runs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.benchmarks.Database;
import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.app.AbstractProduct;
import io.cachepolicy.benchmarks.app.LabelledProduct;
import io.cachepolicy.benchmarks.app.ListenedProduct;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ShopApplication;
import io.cachepolicy.benchmarks.app.ShopCaches;
import io.cachepolicy.benchmarks.app.VersionedProduct;
import io.cachepolicy.benchmarks.peers.JdbcUpsert;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.repository.support.Repositories;

/**
 * How many rows per second a flush stores.
 */
public final class FlushRate implements Study {

	private static final int BATCH_SIZE = 500;

	private static final String REWRITE = "&reWriteBatchedInserts=true";

	private static final List<Kind> KINDS = List.of(new Kind("plain", Product.class, Product::new, 0.9),
			new Kind("versioned", VersionedProduct.class, VersionedProduct::new, 0.6),
			new Kind("callbacks", ListenedProduct.class, ListenedProduct::new, 0.6),
			new Kind("merge", LabelledProduct.class, LabelledProduct::new, 0.4));

	@Override
	public void run(Scale scale, Report report) {
		report.section("Flush rate",
				"""
						%,d rows that exist are changed, and flushed in batches of %d. The limit is a batch upsert through JDBC: \
						one prepared statement on one connection, the same columns, a transaction per batch. `saveAll` is \
						`repository.saveAll` of detached instances, %<d at a time, in the same application, with and without \
						`hibernate.jdbc.batch_size`. Rows per second, medians of rounds that take turns."""
					.formatted(rows(scale), BATCH_SIZE));
		Table table = new Table("entity", "flush-threads", "JDBC upsert", "flush", "of JDBC", "saveAll",
				"saveAll, batched");
		double[] unbatched = saveAll(scale);
		double[] batched = saveAll(scale, "spring.jpa.properties.hibernate.jdbc.batch_size=" + BATCH_SIZE,
				"spring.jpa.properties.hibernate.order_updates=true");
		for (int threads : (scale == Scale.FULL) ? new int[] { 1, 2, 4, 8 } : new int[] { 2 }) {
			double[][] rates = flush(scale, threads, "");
			for (int i = 0; i < KINDS.size(); i++) {
				double limit = Measure.median(rates[KINDS.size()]);
				double rate = Measure.median(rates[i]);
				table.row(KINDS.get(i).name(), threads, limit, rate, rate / limit, unbatched[i], batched[i]);
				if (threads == 1) {
					report.atLeast("5: flush rate, " + KINDS.get(i).name() + ", of the JDBC batch",
							KINDS.get(i).limit(), rate / limit);
					report.atLeast("5: flush rate, " + KINDS.get(i).name() + ", of saveAll", 5, rate / unbatched[i]);
				}
				else if (threads == 2) {
					report.atLeast("5: flush rate, " + KINDS.get(i).name() + ", flush-threads: 2, of the JDBC batch",
							KINDS.get(i).limit(), rate / limit);
				}
			}
		}
		report.table(table);
		if (scale == Scale.FULL) {
			tellRewritten(flush(scale, 1, REWRITE), report);
		}
	}

	private static void tellRewritten(double[][] rates, Report report) {
		report.section("Flush rate with multi-row inserts",
				"""
						The same with one flush thread and `%s` in the URL of the database, for JDBC too: the driver of PostgreSQL puts \
						the rows of a batch into few statements. Only what is inserted or upserted profits."""
					.formatted(REWRITE));
		Table table = new Table("entity", "JDBC upsert", "flush", "of JDBC");
		double limit = Measure.median(rates[KINDS.size()]);
		for (int i = 0; i < KINDS.size(); i++) {
			double rate = Measure.median(rates[i]);
			table.row(KINDS.get(i).name(), limit, rate, rate / limit);
		}
		report.table(table);
	}

	private static int rows(Scale scale) {
		return scale.of(100_000, 1_000);
	}

	private static double[][] flush(Scale scale, int threads, String option) {
		int rounds = scale.of(8, 1);
		int warmUp = rounds / 2;
		double[][] rates = new double[KINDS.size() + 1][rounds - warmUp];
		try (Database database = Database.start();
				ConfigurableApplicationContext context = ShopApplication.start(database.url() + option,
						settings(threads))) {
			for (int round = 0; round < rounds; round++) {
				for (int kind = 0; kind <= KINDS.size(); kind++) {
					double rate = (kind < KINDS.size()) ? flush(context, KINDS.get(kind), rows(scale), round)
							: upsert(database, option, rows(scale), round);
					if (round >= warmUp) {
						rates[kind][round - warmUp] = rate;
					}
				}
			}
			check(database, rows(scale), rounds - 1);
		}
		return rates;
	}

	private static String[] settings(int threads) {
		String defaults = "cache-policy.defaults.";
		Stream<String> common = Stream
			.of("policy=write-back", "maximum-size=1000000", "write-back.flush-interval=1h",
					"write-back.batch-size=" + BATCH_SIZE, "write-back.flush-threads=" + threads,
					"write-back.max-pending=2000000", "write-back.flush-threshold=1000000")
			.map(defaults::concat);
		Stream<String> entities = KINDS.stream()
			.map((kind) -> "cache-policy.caches." + kind.name() + ".entity=" + kind.type().getName());
		return Stream.concat(common, entities).toArray(String[]::new);
	}

	private static double flush(ConfigurableApplicationContext context, Kind kind, int rows, int revision) {
		PolicyCache cache = ShopCaches.get(context, kind.name());
		for (long id = 1; id <= rows; id++) {
			AbstractProduct known = (revision > 0) ? cache.get(id, AbstractProduct.class) : null;
			AbstractProduct product = (known != null) ? known : kind.create(id);
			product.revise(revision);
			cache.put(id, product);
		}
		long start = System.nanoTime();
		FlushReport report = cache.flush(Duration.ofMinutes(10));
		double seconds = Measure.secondsSince(start);
		if (!report.equals(new FlushReport(rows, 0, 0))) {
			throw new IllegalStateException(report + " of " + kind);
		}
		return rows / seconds;
	}

	private static double upsert(Database database, String option, int rows, int revision) {
		database.execute("create table if not exists upserted (like product including all)");
		List<AbstractProduct> products = LongStream.rangeClosed(1, rows).mapToObj(KINDS.get(0)::create).toList();
		products.forEach((product) -> product.revise(revision));
		long start = System.nanoTime();
		JdbcUpsert.write(database.url() + option, "upserted", products, BATCH_SIZE);
		return rows / Measure.secondsSince(start);
	}

	private static void check(Database database, int rows, int revision) {
		for (String table : List.of("product", "versioned_product", "listened_product", "labelled_product",
				"upserted")) {
			long found = database.query("select count(*) from %s where stock = %d".formatted(table, revision));
			if (found != rows) {
				throw new IllegalStateException("%d rows in %s, not %d".formatted(found, table, rows));
			}
		}
	}

	private static double[] saveAll(Scale scale, String... settings) {
		try (Database database = Database.start();
				ConfigurableApplicationContext context = ShopApplication.start(database, settings)) {
			Repositories repositories = new Repositories(context);
			return KINDS.stream().mapToDouble((kind) -> saveAll(repositories, kind, scale)).toArray();
		}
	}

	@SuppressWarnings("unchecked")
	private static double saveAll(Repositories repositories, Kind kind, Scale scale) {
		JpaRepository<AbstractProduct, Long> repository = (JpaRepository<AbstractProduct, Long>) repositories
			.getRepositoryFor(kind.type())
			.orElseThrow();
		double[] rates = new double[scale.of(6, 1)];
		List<AbstractProduct> products = new ArrayList<>(
				LongStream.rangeClosed(1, scale.of(20_000, 1_000)).mapToObj(kind::create).toList());
		for (int round = 0; round < rates.length; round++) {
			int revision = round;
			products.forEach((product) -> product.revise(revision));
			long start = System.nanoTime();
			for (int from = 0; from < products.size(); from += BATCH_SIZE) {
				List<AbstractProduct> batch = products.subList(from, Math.min(from + BATCH_SIZE, products.size()));
				List<AbstractProduct> saved = repository.saveAll(batch);
				for (int i = 0; i < saved.size(); i++) {
					batch.set(i, saved.get(i));
				}
			}
			rates[round] = products.size() / Measure.secondsSince(start);
		}
		return Measure.median(Arrays.copyOfRange(rates, rates.length / 2, rates.length));
	}

	/**
	 * A kind of entity.
	 *
	 * @param name the name of its cache
	 * @param type the entity
	 * @param factory creates one
	 * @param limit what its rate is to reach, as a part of the limit
	 */
	private record Kind(String name, Class<? extends AbstractProduct> type, Supplier<? extends AbstractProduct> factory,
			double limit) {

		AbstractProduct create(long id) {
			AbstractProduct product = this.factory.get();
			product.fill(id, 0);
			return product;
		}

	}

}
