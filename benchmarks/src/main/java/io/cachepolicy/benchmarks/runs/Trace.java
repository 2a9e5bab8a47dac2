package io.cachepolicy.benchmarks.runs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

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
import io.cachepolicy.benchmarks.peers.StoreMeter;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;
import io.cachepolicy.benchmarks.runs.Requests.Request;

/**
 * What a real workload costs the database.
 */
public final class Trace implements Study {

	private static final String CACHE_ABSENT = "cache-absent=true";

	private static final List<Function<Setting, Peer>> PEERS = List.of(
			(setting) -> new PolicyPeer(setting, WritePolicy.WRITE_BACK, CACHE_ABSENT),
			(setting) -> new PolicyPeer(setting, WritePolicy.WRITE_THROUGH, CACHE_ABSENT),
			(setting) -> new PolicyPeer(setting, WritePolicy.WRITE_AROUND, CACHE_ABSENT), EhcacheWriteBehind::new,
			HazelcastWriteBehind::new, CachedByHand::new, SecondLevelCache::new);

	@Override
	public void run(Scale scale, Report report) {
		Requests requests = Requests.read(scale.of(Integer.MAX_VALUE, 2_000));
		int size = scale.of(10_000, 200);
		report.section("A real trace", description(requests, size));
		try (Database database = Database.start()) {
			List<Result> results = new ArrayList<>();
			for (Function<Setting, Peer> peer : PEERS) {
				results.add(replay(database, size, peer, requests));
			}
			Result limit = replay(database, size, BareCaffeine::new, requests);
			tell(results, limit, report);
			Map<Integer, Result> windows = new LinkedHashMap<>();
			for (int millis : (scale == Scale.FULL) ? new int[] { 100, 300 } : new int[0]) {
				windows.put(millis, replay(database, size, (setting) -> new PolicyPeer(setting, WritePolicy.WRITE_BACK,
						CACHE_ABSENT, "write-back.flush-interval=" + millis + "ms"), requests));
			}
			windows.put(1_000, results.get(0));
			tellWindows(windows, report);
		}
	}

	private static String description(Requests requests, int size) {
		String source = requests.real() ? "A block trace of a production virtual machine (CloudPhysics)"
				: "**No real trace was found: these are generated requests, and the results mean little.** They";
		return """
				%s: %,d requests, %,d writes to %,d distinct blocks and %,d reads, replayed by one thread as fast as it goes. \
				A block is a row of seven columns. Every cache holds %,d; write-back and write-behind store after 1 s in \
				batches of %d. Settings are those of the study before, but for the size, and for `cache-absent: true` in this \
				product, as Spring's caches remember absent rows without being asked; Ehcache, Hazelcast and Hibernate do not.

				Counted before the driver, in the same way for all: rows that were committed, the calls (batches or single \
				updates) that wrote them, and queries. `repository.save` of an instance that is not managed reads its row \
				first; such a query counts as a store read and not as a miss. A read is *stale* if it did not return the last \
				write. At the end the table is compared with a plain replay.

				*Caffeine, one upsert at the end* forgets nothing and stores nothing before the end: no cache, but the smallest \
				number of writes there can be."""
			.formatted(source, requests.list().size(), requests.writes(), requests.writtenBlocks(), requests.reads(),
					size, Setting.BATCH_SIZE);
	}

	private static Result replay(Database database, int size, Function<Setting, Peer> setup, Requests requests) {
		StoreMeter meter = new StoreMeter();
		try (Peer peer = setup.apply(new Setting(database, size, meter::meter))) {
			replay(database, peer, meter, requests.list().subList(0, Math.min(requests.list().size(), 5_000)));
			return replay(database, peer, meter, requests.list());
		}
	}

	private static Result replay(Database database, Peer peer, StoreMeter meter, List<Request> requests) {
		ProductTable.reset(database);
		Map<Long, Product> plain = new HashMap<>();
		long[] times = new long[requests.size()];
		int misses = 0;
		int stale = 0;
		StoreMeter.Counts countsBefore = meter.counts();
		long start = System.nanoTime();
		double seconds;
		try (ProductCache cache = peer.open()) {
			for (int i = 0; i < requests.size(); i++) {
				long block = requests.get(i).block();
				if (requests.get(i).write()) {
					Product product = product(block, i);
					plain.put(block, product(block, i));
					cache.put(product);
				}
				else {
					long queries = meter.counts().queries();
					stale += ProductTable.isSame(plain.get(block), cache.get(block)) ? 0 : 1;
					misses += (meter.counts().queries() > queries) ? 1 : 0;
				}
				times[i] = System.nanoTime() - start;
			}
			cache.drain();
			seconds = Measure.secondsSince(start);
		}
		ProductTable.check(database, plain, peer.name());
		return new Result(peer.name(), requests, times, meter.counts().since(countsBefore), misses, stale, seconds);
	}

	private static Product product(long block, int revision) {
		Product product = new Product();
		product.fill(block, revision);
		return product;
	}

	private static void tell(List<Result> results, Result limit, Report report) {
		Table table = new Table("peer", "store writes", "calls", "rows/call", "store reads", "hit ratio", "stale reads",
				"seconds");
		Map<String, Double> bars = new LinkedHashMap<>();
		for (Result result : results) {
			result.addTo(table);
			bars.put(result.peer(), (double) result.counts().rows());
		}
		limit.addTo(table);
		bars.put(limit.peer(), (double) limit.counts().rows());
		report.table(table);
		report.plot("trace", "Rows written to the database, by peer",
				Bars.of("Rows written for " + results.get(0).writes() + " writes", "rows", bars));
		long fewest = results.stream().skip(1).mapToLong((result) -> result.counts().rows()).min().orElseThrow();
		report.atMost("9: trace, store writes of write-back, of the fewest of another", 1,
				(double) results.get(0).counts().rows() / fewest);
	}

	private static void tellWindows(Map<Integer, Result> windows, Report report) {
		Table table = new Table("flush-interval", "seconds", "windows", "dirty blocks", "store writes", "of dirty",
				"rows/call");
		windows.forEach((millis, result) -> {
			long dirty = result.dirty(Duration.ofMillis(millis));
			double ratio = (double) result.counts().rows() / dirty;
			table.row(millis + " ms", result.seconds(), Math.ceil(result.seconds() * 1000 / millis), dirty,
					result.counts().rows(), ratio, result.rowsPerCall());
			report.atMost("9: trace, store writes of write-back, of the dirty blocks per " + millis + " ms", 1.1,
					ratio);
		});
		report.table(table);
	}

	/**
	 * What a replay cost.
	 *
	 * @param peer the peer
	 * @param requests what was replayed
	 * @param times when each request was over, in nanoseconds from the start
	 * @param counts what reached the database
	 * @param misses how many reads asked the database
	 * @param stale how many reads did not return the last write
	 * @param seconds the seconds until everything was stored
	 */
	private record Result(String peer, List<Request> requests, long[] times, StoreMeter.Counts counts, int misses,
			int stale, double seconds) {

		void addTo(Table table) {
			table.row(this.peer, this.counts.rows(), this.counts.calls(), rowsPerCall(), this.counts.queries(),
					1 - (double) this.misses / (this.requests.size() - writes()), this.stale, this.seconds);
		}

		double rowsPerCall() {
			return (double) this.counts.rows() / this.counts.calls();
		}

		long writes() {
			return this.requests.stream().filter(Request::write).count();
		}

		// The rows of a writer that stores each changed block once at the end of a window
		long dirty(Duration window) {
			Set<Long> blocks = new HashSet<>();
			long dirty = 0;
			long end = window.toNanos();
			for (int i = 0; i < this.times.length; i++) {
				while (this.times[i] >= end) {
					dirty += blocks.size();
					blocks.clear();
					end += window.toNanos();
				}
				if (this.requests.get(i).write()) {
					blocks.add(this.requests.get(i).block());
				}
			}
			return dirty + blocks.size();
		}

	}

}
