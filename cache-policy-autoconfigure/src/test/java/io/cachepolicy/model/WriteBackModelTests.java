package io.cachepolicy.model;

import java.time.Duration;

import io.cachepolicy.faults.FlushFaults;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random sequences of steps on write-back caches of an application with PostgreSQL,
 * compared with a {@link KeyModel model} at every step, and after a drain with the rows.
 * The steps are reads, writes by each policy, in transactions and outside of them,
 * evictions, expiry, flushes, outages, refused rows, other writers, changes around the
 * cache, dead letters, stops and restarts. Flushes fail now and then, as
 * {@link FlushFaults} says.
 * <p>
 * A build repeats the same sequences, so that it fails for what was changed; a longer run
 * takes others. The seed is logged and in the message of a failure, which names the
 * shortest sequence that was found to fail. {@code -Dcache-policy.seed} repeats it;
 * {@code -Dcache-policy.sequences} tries that many, as the Maven profile {@code long}
 * does with more of them.
 */
class WriteBackModelTests {

	private static final Log logger = LogFactory.getLog(WriteBackModelTests.class);

	private static final int PER_BUILD = 1700;

	private static final long SEED = 19_761_986_955_206L;

	private static final int SEQUENCES = Integer.getInteger("cache-policy.sequences", PER_BUILD);

	private static final Duration SHRINKING = Duration.ofSeconds(60);

	@Test
	void readsAndRowsEqualTheModel() {
		long first = Long.getLong("cache-policy.seed", (SEQUENCES > PER_BUILD) ? System.nanoTime() : SEED);
		long start = System.nanoTime();
		int steps = 0;
		try (Application application = new Application()) {
			logger.info("%d sequences from seed %d".formatted(SEQUENCES, first));
			for (long seed = first; seed < first + SEQUENCES; seed++) {
				steps += run(application, seed);
			}
			application.faults().end();
			assertThat(application.faults().injected()).as("failures that met flushes").isPositive();
		}
		logger.info("%d sequences from seed %d: %d steps in %d s".formatted(SEQUENCES, first, steps,
				Duration.ofNanos(System.nanoTime() - start).toSeconds()));
	}

	private int run(Application application, long seed) {
		Sequence sequence = Sequence.of(seed);
		try {
			new Run(application, sequence).run();
			return sequence.steps().size();
		}
		catch (Violation ex) {
			Shrinker shrinker = new Shrinker(application, ex, SHRINKING);
			Sequence shrunk = shrinker.shrink(sequence);
			throw new Violation(
					"-Dcache-policy.seed=%d, shrunk from %d steps to %d: %s%n%s".formatted(seed,
							sequence.steps().size(), shrunk.steps().size(), shrunk, shrinker.violation().getMessage()),
					shrinker.violation());
		}
	}

}
