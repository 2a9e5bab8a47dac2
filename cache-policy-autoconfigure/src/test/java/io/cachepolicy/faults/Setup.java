package io.cachepolicy.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * The settings of two caches whose rows are bound by a foreign key.
 *
 * @param logged whether pending writes are recorded
 * @param properties the settings, below {@code cache-policy.defaults}
 * @param maxPending the most pending writes of a cache
 * @param listening whether listeners of entries run in the threads that change them
 * @param pool how many connections there are
 * @param cascading whether rows are removed with those to which they refer
 */
record Setup(boolean logged, List<String> properties, int maxPending, boolean listening, int pool, boolean cascading) {

	static final List<Setup> ALL = List.of(
			of(1, true, false, 50, false, 8, "write-back.batch-size=10", "maximum-size=4"),
			of(4, true, true, 8, true, 8, "write-back.batch-size=3", "write-back.overflow=reject", "maximum-size=100"),
			of(1, false, true, 20, false, 2, "write-back.batch-size=2", "write-back.store-mode=merge",
					"maximum-size=3"),
			of(4, false, false, 6, false, 3, "write-back.batch-size=5", "write-back.overflow=write-through",
					"maximum-size=100"),
			of(4, true, false, 12, true, 8, "write-back.batch-size=1", "write-back.on-conflict=cache-wins",
					"maximum-size=2"),
			of(1, true, true, 30, false, 8, "write-back.max-writes-per-second=2000", "write-back.burst=8",
					"write-back.store-mode=bulk", "maximum-size=100"),
			of(4, false, true, 40, false, 8, "write-back.batch-size=20", "write-back.store-mode=merge",
					"write-back.on-conflict=cache-wins", "maximum-size=100"),
			of(1, true, false, 5, false, 1, "write-back.batch-size=5", "write-back.overflow=write-through",
					"write-back.max-writes-per-second=1000", "write-back.burst=5", "cache-absent=true",
					"maximum-size=5"),
			of(1, true, false, 50, false, 8, "write-back.batch-size=10", "maximum-size=100").cascade(),
			of(4, false, true, 50, false, 8, "write-back.batch-size=3", "maximum-size=6").cascade());

	private static Setup of(int flushThreads, boolean coalesce, boolean logged, int maxPending, boolean listening,
			int pool, String... more) {
		List<String> properties = new ArrayList<>(List.of("policy=write-back", "write-back.flush-interval=4ms",
				"write-back.flush-threshold=4", "write-back.flush-threads=" + flushThreads,
				"write-back.coalesce=" + coalesce, "write-back.max-pending=" + maxPending,
				"write-back.overflow-timeout=40ms", "write-back.retry.max-attempts=3",
				"write-back.retry.initial-interval=1ms", "write-back.retry.max-interval=4ms"));
		properties.addAll(List.of(more));
		return new Setup(logged, List.copyOf(properties), maxPending, listening, pool, false);
	}

	private Setup cascade() {
		return new Setup(this.logged, this.properties, this.maxPending, this.listening, this.pool, true);
	}

	static Setup of(long seed) {
		return ALL.get(Math.floorMod(seed, ALL.size()));
	}

}
