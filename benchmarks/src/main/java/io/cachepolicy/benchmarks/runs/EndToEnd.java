package io.cachepolicy.benchmarks.runs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.benchmarks.Database;
import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.peers.BareCaffeine;
import io.cachepolicy.benchmarks.peers.CachedByHand;
import io.cachepolicy.benchmarks.peers.EhcacheWriteBehind;
import io.cachepolicy.benchmarks.peers.HazelcastWriteBehind;
import io.cachepolicy.benchmarks.peers.Peer;
import io.cachepolicy.benchmarks.peers.PolicyPeer;
import io.cachepolicy.benchmarks.peers.ProductCache;
import io.cachepolicy.benchmarks.peers.ProductTable;
import io.cachepolicy.benchmarks.peers.SecondLevelCache;
import io.cachepolicy.benchmarks.peers.Setting;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

/**
 * How long it takes until the last value of every key is in the database.
 */
public final class EndToEnd implements Study {

	private static final String TWO_THREADS = "write-back, flush-threads: 2";

	private static final String NO_THRESHOLD = "write-back.flush-threshold=1000000";

	private static final String ROOM = "write-back.max-pending=2000000";

	private static final long SEED = 42;

	@Override
	public void run(Scale scale, Report report) {
		int keys = scale.of(100_000, 2_000);
		List<Product> products = products(scale.of(1_000_000, 10_000), keys);
		int few = scale.of(20_000, 200);
		report.section("From end to end", description(products.size(), keys, few));
		Map<String, Time> times = new LinkedHashMap<>();
		try (Database database = Database.start()) {
			Setting setting = new Setting(database, 2 * keys, UnaryOperator.identity());
			fast(setting, products, scale.of(10, 1), times);
			slow(setting, EhcacheWriteBehind::new, products, products.size() / 5, times);
			if (scale == Scale.FULL) {
				slow(setting, EhcacheWriteBehind::withTwoStripes, products, products.size() / 5, times);
			}
			slow(setting, HazelcastWriteBehind::new, products, products.size() / 5, times);
			// A smoke test of the trace has these as well
			if (scale == Scale.FULL) {
				through(setting, products.subList(0, few), times);
			}
		}
		tell(times, report);
	}

	private static String description(int puts, int keys, int few) {
		return """
				One thread puts %,d products over %,d keys, skewed (`k = %<d * u^3`), into an empty table, until every last \
				value is there; then all rows are compared. The products are made beforehand, so that nothing but the caches \
				and the stores takes time. All keys fit into each cache, and all of them write in batches of %d, on one \
				connection at a time where nothing else is said.

				- *Caffeine, one upsert at the end* is the limit: a bare cache, and JDBC batches of the distinct keys when all \
				puts are over. Nothing is stored until then, nothing is copied, and nothing handles a failure. It writes in the \
				order of Caffeine's map, which is that of the ids, and so the one in which the index grows fastest.
				- *write-back*, *write-through*, *write-around* are this product, through `PolicyCache.put`, with its default \
				settings but for the policy, `maximum-size`, and what the row says. *No threshold* is a `flush-threshold` that is \
				not reached, and room for it: then nothing is stored before the puts are over, as at the limit.
				- *Ehcache write-behind*: `newBatchedWriteBehindConfiguration(1 s, %<d)`, coalescing (within a batch, it has \
				no other), a queue of 100,000 per stripe, `writeAll` as a JDBC batch upsert. Its heap tier shares instances, where \
				we copy them; it could also use off-heap memory and disk. A batch that fails is dropped.
				- *Hazelcast write-behind*: one embedded member, `IMap.set`, write-delay 1 s (the shortest), batches of %<d, \
				coalescing, in-memory format `BINARY` (the default), compact serialization, `storeAll` as a JDBC batch upsert. \
				It serializes each value, and would hold it on several machines: what it does for a cluster, we do not.
				- *@CachePut and save by hand*: `CaffeineCacheManager`, `@CachePut` on a method that calls `repository.save`.
				- *Hibernate second-level cache*: `read-write`, on Ehcache through JCache, and `repository.save`.

				The last two, write-through and write-around have each put in the database before the next one, which \
				write-back and write-behind have not: a crash loses what is pending. They put only the first %,d; the time per \
				million is extrapolated. Times are medians of rounds for the limit and write-back, which take turns, and of one \
				round after a warm-up for the others."""
			.formatted(puts, keys, Setting.BATCH_SIZE, few);
	}

	static List<Product> products(int puts, int keys) {
		Random random = new Random(SEED);
		Product[] bases = new Product[keys];
		List<Product> products = new ArrayList<>(puts);
		for (int revision = 1; revision <= puts; revision++) {
			int key = (int) (keys * Math.pow(random.nextDouble(), 3));
			if (bases[key] == null) {
				bases[key] = new Product();
				// An id of 0 would mean that the product is new
				bases[key].fill(key + 1, 0);
			}
			products.add(revised(bases[key], revision));
		}
		return products;
	}

	private static Product revised(Product base, int revision) {
		Product product = new Product();
		product.set(base.getId(), base.getName(), base.getDescription(), base.getPrice(), 0, true, base.getChanged());
		product.revise(revision);
		return product;
	}

	private static void fast(Setting setting, List<Product> products, int count, Map<String, Time> times) {
		Map<String, Peer> peers = new LinkedHashMap<>();
		peers.put("Caffeine, one upsert at the end", new BareCaffeine(setting));
		peers.put("write-back", new PolicyPeer(setting, WritePolicy.WRITE_BACK));
		peers.put(TWO_THREADS, new PolicyPeer(setting, WritePolicy.WRITE_BACK, "write-back.flush-threads=2"));
		peers.put("write-back, no threshold", new PolicyPeer(setting, WritePolicy.WRITE_BACK, NO_THRESHOLD, ROOM));
		peers.put(TWO_THREADS + ", no threshold",
				new PolicyPeer(setting, WritePolicy.WRITE_BACK, "write-back.flush-threads=2", NO_THRESHOLD, ROOM));
		Map<String, List<Time>> rounds = new LinkedHashMap<>();
		try {
			for (int round = 0; round < count; round++) {
				peers.forEach((name, peer) -> rounds.computeIfAbsent(name, (key) -> new ArrayList<>())
					.add(measure(setting.database(), peer, products)));
			}
		}
		finally {
			peers.values().forEach(Peer::close);
		}
		rounds.forEach((name, all) -> times.put(name, median(all)));
	}

	private static Time median(List<Time> times) {
		List<Time> sorted = new ArrayList<>(times.subList(times.size() / 2, times.size()));
		sorted.sort(Comparator.comparingDouble(Time::seconds));
		return sorted.get((sorted.size() - 1) / 2);
	}

	private static void slow(Setting setting, Function<Setting, Peer> setup, List<Product> products, int warmUp,
			Map<String, Time> times) {
		try (Peer peer = setup.apply(setting)) {
			measure(setting.database(), peer, products.subList(0, warmUp));
			times.put(peer.name(), measure(setting.database(), peer, products));
		}
	}

	private static void through(Setting setting, List<Product> products, Map<String, Time> times) {
		int warmUp = products.size();
		slow(setting, (common) -> new PolicyPeer(common, WritePolicy.WRITE_THROUGH), products, warmUp, times);
		slow(setting, (common) -> new PolicyPeer(common, WritePolicy.WRITE_AROUND), products, warmUp, times);
		slow(setting, CachedByHand::new, products, warmUp, times);
		slow(setting, SecondLevelCache::new, products, warmUp, times);
	}

	private static Time measure(Database database, Peer peer, List<Product> products) {
		ProductTable.reset(database);
		System.gc();
		Time time;
		try (ProductCache cache = peer.open()) {
			long start = System.nanoTime();
			products.forEach(cache::put);
			double putting = Measure.secondsSince(start);
			cache.drain();
			time = new Time(products.size(), putting, Measure.secondsSince(start));
		}
		Map<Long, Product> last = new HashMap<>();
		products.forEach((product) -> last.put(product.getId(), product));
		ProductTable.check(database, last, peer.name());
		System.out.println(peer.name() + ": " + time);
		return time;
	}

	private static void tell(Map<String, Time> times, Report report) {
		Time limit = times.values().iterator().next();
		double ours = perMillion(times, "write-back");
		Table table = new Table("peer", "puts", "s for the puts", "s until stored", "s per million", "of the limit",
				"of write-back");
		Map<String, Double> bars = new LinkedHashMap<>();
		times.forEach((name, time) -> {
			table.row(name, time.puts(), time.putting(), time.seconds(), time.perMillion(),
					time.perMillion() / limit.perMillion(), time.perMillion() / ours);
			if (time.puts() == limit.puts()) {
				bars.put(name, time.seconds());
			}
		});
		report.table(table);
		report.plot("end-to-end", "Seconds until all puts are stored, by peer that stores later",
				Bars.of("Until all puts are stored", "seconds", bars));
		report.atMost("4: end to end, write-back, of the limit", 1.5, ours / limit.perMillion());
		if (times.containsKey(TWO_THREADS)) {
			report.atMost("4: end to end, " + TWO_THREADS + ", of the limit", 1.5,
					perMillion(times, TWO_THREADS) / limit.perMillion());
		}
		for (String peer : List.of("Ehcache write-behind", "Hazelcast write-behind")) {
			report.atLeast("4: end to end, " + peer + ", of write-back", 5, perMillion(times, peer) / ours);
		}
	}

	private static double perMillion(Map<String, Time> times, String peer) {
		return Objects.requireNonNull(times.get(peer), peer).perMillion();
	}

	/**
	 * How long something took.
	 *
	 * @param puts how many puts
	 * @param putting the seconds until the last put returned
	 * @param seconds the seconds until everything was stored
	 */
	private record Time(int puts, double putting, double seconds) {

		double perMillion() {
			return this.seconds / this.puts * 1e6;
		}

	}

}
