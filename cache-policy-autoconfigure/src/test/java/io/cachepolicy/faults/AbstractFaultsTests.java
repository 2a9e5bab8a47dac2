package io.cachepolicy.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

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
 * {@code -Dcache-policy.sequences} tries that many.
 */
abstract class AbstractFaultsTests {

	private static final Log logger = LogFactory.getLog(AbstractFaultsTests.class);

	private static final int IDS = 1000;

	/**
	 * How many failures are enough to look into.
	 */
	private static final int LIMIT = 20;

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
		int sequences = Integer.getInteger("cache-policy.sequences", this.perBuild);
		long first = Long.getLong("cache-policy.seed",
				(sequences > this.perBuild) ? System.nanoTime() : this.firstSeed);
		long start = System.nanoTime();
		List<Violation> found = new ArrayList<>();
		ExecutorService executor = Executors.newCachedThreadPool();
		try {
			int setups = Math.min(sequences, Setup.ALL.size());
			for (int i = 0; i < setups; i++) {
				long next = first + i;
				while (next < first + sequences && found.size() < LIMIT) {
					next = run(next, first + sequences, executor, found);
				}
			}
		}
		finally {
			executor.shutdownNow();
		}
		found.stream().findFirst().ifPresent((violation) -> {
			found.stream().skip(1).forEach(violation::addSuppressed);
			throw violation;
		});
		logger.info("%d sequences from seed %d in %d s".formatted(sequences, first,
				Duration.ofNanos(System.nanoTime() - start).toSeconds()));
	}

	/**
	 * Run the sequences of one setup, up to the first that fails.
	 * @param first the first seed
	 * @param end where to end
	 * @param executor runs writers
	 * @param found takes what contradicts the promises
	 * @return the seed with which to go on
	 */
	private long run(long first, long end, ExecutorService executor, List<Violation> found) {
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
