package io.cachepolicy.faults;

import java.time.Duration;
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
		ExecutorService executor = Executors.newCachedThreadPool();
		try {
			int setups = Math.min(sequences, Setup.ALL.size());
			for (int i = 0; i < setups; i++) {
				run(first + i, sequences - i, executor);
			}
		}
		finally {
			executor.shutdownNow();
		}
		logger.info("%d sequences from seed %d in %d s".formatted(sequences, first,
				Duration.ofNanos(System.nanoTime() - start).toSeconds()));
	}

	/**
	 * Run all sequences of one setup.
	 */
	private void run(long first, int count, ExecutorService executor) {
		try (Application application = new Application(Setup.of(first), createDatabase())) {
			for (int i = 0; i < count; i += Setup.ALL.size()) {
				long seed = first + i;
				Run run = new Run(application, seed, (long) IDS * i);
				try {
					run.run(executor);
				}
				catch (Throwable ex) {
					throw new Violation("-Dcache-policy.seed=%d -Dcache-policy.sequences=1: %s%n%s".formatted(seed,
							ex.getMessage(), run), ex);
				}
			}
			logger.info("%s: injected %s".formatted(application.setup(), application.faults().injected()));
		}
	}

}
