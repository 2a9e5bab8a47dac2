package io.cachepolicy.history;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Recorded histories of random reads and writes by many threads, on PostgreSQL, of caches
 * that are too small for their few keys.
 * <p>
 * What is promised: after a write returned, every read sees it or a later one (R2), and a
 * slow load never overwrites a newer write (R3). Write-through and write-around are
 * checked for more: their histories are those of a register that does one thing at a time
 * ({@link Linearizability}), with what a transaction writes taking effect at its commit.
 * Reads in transactions are done but not recorded, as their transactions may see an older
 * state than others. Write-back is checked for what a thread sees of its own writes, for
 * reads that never go back, and for the row in the end.
 * <p>
 * A build repeats the same choices, as far as threads can. The seed is logged and in the
 * message of a failure: {@code -Dcache-policy.seed} repeats it,
 * {@code -Dcache-policy.histories} tries that many, as the Maven profile {@code long}
 * does with more of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HistoryTests {

	private static final Log logger = LogFactory.getLog(HistoryTests.class);

	private static final int PER_BUILD = 300;

	private static final int HISTORIES = Integer.getInteger("cache-policy.histories", PER_BUILD);

	private static final long SEED = 20_260_718L;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private ConfigurableApplicationContext context;

	@BeforeAll
	void start() {
		this.context = startApplication();
	}

	ConfigurableApplicationContext startApplication() {
		return HistoryApplication.start();
	}

	@AfterAll
	void stop() {
		this.executor.shutdownNow();
		this.context.close();
	}

	private static long firstSeed() {
		return Long.getLong("cache-policy.seed", (HISTORIES > PER_BUILD) ? System.nanoTime() : SEED);
	}

	@Test
	@DisplayName("R2, R3: histories of write-through and write-around are linearizable")
	void historiesAreLinearizable() throws Exception {
		long start = System.nanoTime();
		long first = firstSeed();
		int actions = 0;
		int unknown = 0;
		for (long seed = first; seed < first + HISTORIES; seed++) {
			RegisterRun run = new RegisterRun(this.context, new Random(seed));
			run.run(this.executor);
			for (long key : run.keys()) {
				List<Action> history = run.history(key);
				actions += history.size();
				unknown += Math.toIntExact(history.stream().filter(Action::isUnknown).count());
				assertThat(Linearizability.holds(history, RegisterRun.INITIAL))
					.as("-Dcache-policy.seed=%d, %s:%n%s", seed, run, describe(history))
					.isTrue();
			}
		}
		log("linearizable", first, actions, unknown, start);
	}

	@Test
	@DisplayName("R2, W1: write-back shows writers their writes and goes back for nobody, and ends with the last write")
	void writeBackNeverGoesBack() throws Exception {
		long start = System.nanoTime();
		long first = firstSeed();
		int actions = 0;
		for (long seed = first; seed < first + HISTORIES / 2; seed++) {
			OwnedRun run = new OwnedRun(this.context, new Random(seed));
			try {
				run.run(this.executor);
			}
			catch (Throwable ex) {
				throw new AssertionError("-Dcache-policy.seed=%d, %s".formatted(seed, run), ex);
			}
			actions += run.actions();
		}
		logger.info("%d histories from seed %d never go back: %d actions in %d s".formatted(HISTORIES / 2, first,
				actions, Duration.ofNanos(System.nanoTime() - start).toSeconds()));
	}

	private static String describe(List<Action> history) {
		return String.join("\n",
				history.stream().sorted(Comparator.comparingLong(Action::invocation)).map(Action::toString).toList());
	}

	private static void log(String what, long seed, int actions, int unknown, long start) {
		logger
			.info("%d histories from seed %d are %s: %d actions, %d of them with an unknown outcome, in %d s".formatted(
					HISTORIES, seed, what, actions, unknown, Duration.ofNanos(System.nanoTime() - start).toSeconds()));
	}

}
