package io.cachepolicy.benchmarks.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

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
import io.cachepolicy.spi.ChangeChannel;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * What it costs to tell two other instances of changes, and how fast they hear of them.
 */
public final class Instances implements Study {

	private static final int LISTENERS = 2;

	private static final int PRODUCTS = 1_000;

	private static final int KEYS_AT_A_TIME = 100;

	private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long WAIT = TimeUnit.MILLISECONDS.toNanos(100);

	@Override
	public void run(Scale scale, Report report) {
		int puts = scale.of(3_000, 50);
		int hits = scale.of(5_000_000, 1_000);
		report.section("Several instances",
				"""
						Two other instances listen, each a JVM of its own on the same machine. *Alone* is the same application \
						without `cache-policy.cluster`, on the same database, in rounds that take turns with the others: %,d puts by \
						write-through and %,d hits of up to %,d products, on one thread; medians of the ratios of the rounds. A hit in a \
						cluster looks at the clock, a read of many keys once: what that costs alone is the last row. Then one thread tells of \
						keys at a given rate, and the others note when they hear of each: the delay from the call until the entry is \
						dropped. A key that was not told by itself, but by "everything", is *merged*."""
					.formatted(puts, hits, PRODUCTS));
		int[] ports = IntStream.range(0, LISTENERS + 1).map((i) -> freePort()).toArray();
		try (Database database = Database.start();
				ConfigurableApplicationContext alone = ShopApplication.start(database, shared())) {
			List<CompletableFuture<double[]>> listeners = listen(database, ports);
			try (ConfigurableApplicationContext clustered = ShopApplication.start(database, clustered(ports, 0))) {
				ChangeChannel channel = clustered.getBean(ChangeChannel.class);
				awaitListeners(channel, listeners);
				List<Integer> rates = (scale == Scale.FULL) ? List.of(1_000, 10_000, 50_000, 100_000) : List.of(1_000);
				try {
					compare(alone, clustered, scale.of(11, 1), puts, hits, report);
					rates.forEach((rate) -> tell(channel, rate, scale.of(5, 1)));
				}
				finally {
					channel.publishAll(Listener.END);
				}
				show(rates, listeners.stream().map(CompletableFuture::join).toList(), scale.of(5, 1), report);
			}
		}
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String[] shared() {
		return new String[] { "cache-policy.caches.products.entity=" + Product.class.getName() };
	}

	private static String[] clustered(int[] ports, int number) {
		List<String> members = IntStream.of(ports).mapToObj((port) -> "127.0.0.1:" + port).toList();
		return new String[] { shared()[0], "cache-policy.cluster.enabled=true",
				"cache-policy.cluster.address=127.0.0.1", "cache-policy.cluster.port=" + ports[number],
				"cache-policy.cluster.members=" + String.join(",", members) };
	}

	private static List<CompletableFuture<double[]>> listen(Database database, int[] ports) {
		List<CompletableFuture<double[]>> listeners = new ArrayList<>();
		for (int i = 1; i <= LISTENERS; i++) {
			String[] settings = clustered(ports, i);
			String[] arguments = new String[settings.length + 1];
			arguments[0] = database.url();
			System.arraycopy(settings, 0, arguments, 1, settings.length);
			CompletableFuture<double[]> listener = new CompletableFuture<>();
			Thread thread = new Thread(() -> {
				try {
					listener.complete(Child.run(Listener.class, List.of("-Xmx512m"), arguments));
				}
				catch (Throwable ex) {
					listener.completeExceptionally(ex);
				}
			});
			thread.setDaemon(true);
			thread.start();
			listeners.add(listener);
		}
		return listeners;
	}

	/**
	 * Wait until the listeners say that they listen.
	 * @param channel leads to them
	 * @param listeners yield what they heard in the end
	 */
	private static void awaitListeners(ChangeChannel channel, List<CompletableFuture<double[]>> listeners) {
		Set<String> ready = ConcurrentHashMap.newKeySet();
		channel.subscribe(new Readiness(ready));
		while (ready.size() < LISTENERS) {
			if (listeners.stream().anyMatch(CompletableFuture::isDone)) {
				throw new IllegalStateException("A listener ended: " + listeners);
			}
			channel.publishAll(Listener.QUESTION);
			LockSupport.parkNanos(WAIT);
		}
	}

	private static void compare(ConfigurableApplicationContext alone, ConfigurableApplicationContext clustered,
			int rounds, int puts, int hits, Report report) {
		PolicyCache without = ShopCaches.get(alone, "products");
		PolicyCache with = ShopCaches.get(clustered, "products");
		double[][] putTimes = new double[2][rounds];
		double[][] hitTimes = new double[2][rounds];
		double[][] batchTimes = new double[2][rounds];
		double[] clockTimes = new double[rounds];
		for (int round = 0; round < rounds; round++) {
			for (int turn = 0; turn < 2; turn++) {
				int side = (round + turn) % 2;
				PolicyCache cache = (side == 0) ? without : with;
				putTimes[side][round] = put(cache, puts, round);
				hitTimes[side][round] = hit(cache, hits, Math.min(puts, PRODUCTS));
				batchTimes[side][round] = hitMany(cache, hits);
			}
			clockTimes[round] = look(hits);
		}
		double putRatio = ratio(putTimes);
		double hitRatio = ratio(hitTimes);
		report.table(new Table("", "alone", "two listen", "ratio")
			.row("µs per put, write-through", Measure.median(putTimes[0]) / puts * 1e6,
					Measure.median(putTimes[1]) / puts * 1e6, putRatio)
			.row("ns per hit, copy", Measure.median(hitTimes[0]) / hits * 1e9, Measure.median(hitTimes[1]) / hits * 1e9,
					hitRatio)
			.row("ns per hit, copy, %d keys at a time".formatted(KEYS_AT_A_TIME),
					Measure.median(batchTimes[0]) / hits * 1e9, Measure.median(batchTimes[1]) / hits * 1e9,
					ratio(batchTimes))
			.row("ns per look at the clock", "", Measure.median(clockTimes) / hits * 1e9, ""));
		report.atMost("11: write-through, two instances listen, of alone", 1.1, putRatio);
		report.atMost("11: hit, two instances listen, of alone", 1.1, hitRatio);
	}

	private static double ratio(double[][] times) {
		return Measure
			.median(IntStream.range(0, times[0].length).mapToDouble((i) -> times[1][i] / times[0][i]).toArray());
	}

	private static double put(PolicyCache cache, int puts, int round) {
		long start = System.nanoTime();
		for (int i = 0; i < puts; i++) {
			Product product = new Product();
			product.fill(i % PRODUCTS + 1, round);
			cache.put(product.getId(), product);
		}
		return Measure.secondsSince(start);
	}

	private static double hit(PolicyCache cache, int hits, int products) {
		cache.getAll(IntStream.rangeClosed(1, products).mapToObj(Long::valueOf).toList());
		long start = System.nanoTime();
		long sum = 0;
		for (int i = 0; i < hits; i++) {
			sum += Objects.requireNonNull(cache.get((long) (i % products + 1), Product.class)).getId();
		}
		double seconds = Measure.secondsSince(start);
		if (sum == 0) {
			throw new IllegalStateException("Nothing was read");
		}
		return seconds;
	}

	private static double hitMany(PolicyCache cache, int hits) {
		List<Long> keys = LongStream.rangeClosed(1, KEYS_AT_A_TIME).boxed().toList();
		cache.getAll(keys);
		long start = System.nanoTime();
		long sum = 0;
		for (int i = 0; i < hits; i += KEYS_AT_A_TIME) {
			sum += cache.getAll(keys).size();
		}
		double seconds = Measure.secondsSince(start);
		if (sum == 0) {
			throw new IllegalStateException("Nothing was read");
		}
		return seconds;
	}

	private static double look(int times) {
		long start = System.nanoTime();
		long sum = 0;
		for (int i = 0; i < times; i++) {
			sum += System.nanoTime() - start;
		}
		double seconds = Measure.secondsSince(start);
		if (sum == 0) {
			throw new IllegalStateException("The clock stands still");
		}
		return seconds;
	}

	/**
	 * Tell of keys, each of which is the time at which it was told.
	 * @param channel leads to the listeners
	 * @param rate how many each second
	 * @param seconds how long
	 */
	private static void tell(ChangeChannel channel, int rate, int seconds) {
		long start = System.nanoTime();
		for (long told = 0; told < (long) rate * seconds;) {
			long due = Math.min((System.nanoTime() - start) * rate / 1_000_000_000L, (long) rate * seconds);
			for (; told < due; told++) {
				channel.publish("rate" + rate, List.of(System.nanoTime()));
			}
			LockSupport.parkNanos(TICK);
		}
		LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
	}

	private static void show(List<Integer> rates, List<double[]> results, int seconds, Report report) {
		Table table = new Table("keys/s", "told", "heard, by the slower one", "merged", "p50, ms", "p99, ms",
				"largest, ms");
		for (int i = 0; i < rates.size(); i++) {
			int phase = i * Listener.COLUMNS;
			double heard = results.stream().mapToDouble((result) -> result[phase]).min().orElse(0);
			double merged = max(results, phase + 1);
			table.row(rates.get(i), rates.get(i) * seconds, heard, merged, max(results, phase + 2),
					max(results, phase + 3), max(results, phase + 4));
			if (rates.get(i) == 50_000) {
				report.atLeast("11: keys heard by all, of 50,000 told each second", 1,
						heard / ((double) rates.get(i) * seconds));
			}
		}
		report.table(table);
	}

	private static double max(List<double[]> results, int column) {
		return results.stream().mapToDouble((result) -> result[column]).max().orElse(0);
	}

	/**
	 * Hears which listeners listen.
	 *
	 * @param ready takes their names
	 */
	private record Readiness(Set<String> ready) implements ChangeChannel.Receiver {

		@Override
		public void changed(String cacheName, Collection<?> keys) {
			if (cacheName.equals(Listener.ANSWER)) {
				keys.forEach((key) -> this.ready.add(key.toString()));
			}
		}

		@Override
		public void changedAll(String cacheName) {
		}

		@Override
		public void lost() {
		}

	}

}
