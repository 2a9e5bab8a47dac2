package io.cachepolicy.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Random writes to two caches that a foreign key binds, while drivers, pool, log and code
 * of the application fail by a {@link Plan}. When the failures are over, everything that
 * was accepted is in the table or a dead letter, the cache reads what the table has, and
 * nothing is held.
 * <p>
 * A build repeats the same sequences; a longer run takes others. The seed is in the
 * message of a failure. {@code -Dcache-policy.seed} repeats it, as far as threads allow;
 * {@code -Dcache-policy.sequences} tries that many, as the Maven profile {@code long}
 * does, and {@code -Dcache-policy.faults} tries that many of these tests alone.
 */
abstract class AbstractFaultsTests {

	private static final Log logger = LogFactory.getLog(AbstractFaultsTests.class);

	private static final int IDS = 1000;

	/**
	 * How many failures are enough to look into.
	 */
	private static final int LIMIT = 20;

	/**
	 * How many applications run at a time: they wait more than they work.
	 */
	private static final int LANES = 3;

	private final int perBuild;

	private final long firstSeed;

	AbstractFaultsTests(int perBuild, long firstSeed) {
		this.perBuild = perBuild;
		this.firstSeed = firstSeed;
	}

	/**
	 * Create an empty database.
	 * @return its URL
	 */
	abstract String createDatabase();

	@Test
	@DisplayName("F1 to F7, W1 to W4, W9: after whatever failed, what was accepted is stored or a dead letter")
	void everythingAcceptedIsStoredOrADeadLetter() {
		int sequences = Integer.getInteger("cache-policy.sequences",
				Integer.getInteger("cache-policy.faults", this.perBuild));
		long first = Long.getLong("cache-policy.seed",
				(sequences > this.perBuild) ? System.nanoTime() : this.firstSeed);
		long start = System.nanoTime();
		List<Violation> found = Collections.synchronizedList(new ArrayList<>());
		ExecutorService lanes = Executors.newFixedThreadPool(LANES);
		ExecutorService executor = Executors.newCachedThreadPool();
		try {
			List<CompletableFuture<Void>> setups = LongStream
				.range(first, first + Math.min(sequences, Setup.ALL.size()))
				.mapToObj((seed) -> CompletableFuture.runAsync(() -> run(seed, first + sequences, executor, found),
						lanes))
				.toList();
			setups.forEach(CompletableFuture::join);
		}
		finally {
			lanes.shutdownNow();
			executor.shutdownNow();
		}
		found.stream().findFirst().ifPresent((violation) -> {
			found.stream().skip(1).forEach(violation::addSuppressed);
			throw violation;
		});
		logger.info("%d sequences from seed %d in %d s".formatted(sequences, first,
				Duration.ofNanos(System.nanoTime() - start).toSeconds()));
	}

	private void run(long first, long end, ExecutorService executor, List<Violation> found) {
		long next = first;
		while (next < end && found.size() < LIMIT) {
			next = runUntilFound(next, end, executor, found);
		}
	}

	/**
	 * Run the sequences of one setup, up to the first that fails.
	 * @param first the first seed
	 * @param end where to end
	 * @param executor runs writers
	 * @param found takes what contradicts the promises
	 * @return the seed with which to go on
	 */
	private long runUntilFound(long first, long end, ExecutorService executor, List<Violation> found) {
		try (Application application = new Application(Setup.of(first), createDatabase())) {
			for (long seed = first; seed < end; seed += Setup.ALL.size()) {
				Run run = new Run(application, seed, IDS * (seed - first));
				try {
					run.run(executor);
				}
				catch (Throwable ex) {
					Violation violation = new Violation("-Dcache-policy.seed=%d -Dcache-policy.sequences=1: %s%n%s"
						.formatted(seed, ex.getMessage(), run), ex);
					logger.error("Found", violation);
					found.add(violation);
					return seed + Setup.ALL.size();
				}
			}
			logger.info("%s: injected %s".formatted(application.setup(), application.faults().injected()));
		}
		return end;
	}

}
