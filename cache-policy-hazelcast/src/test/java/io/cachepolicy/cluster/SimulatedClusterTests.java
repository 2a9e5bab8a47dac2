package io.cachepolicy.cluster;

import java.time.Duration;
import java.util.Random;

import io.cachepolicy.cluster.SimulatedCluster.Node;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what instances read while everything goes wrong, with many random courses of
 * events.
 */
class SimulatedClusterTests {

	private static final int SEEDS = Integer.getInteger("cache-policy.histories", 300);

	private static final Duration BOUND = SimulatedCluster.SETTINGS.maxStaleness();

	private static final Duration LONG_PAUSE = Duration.ofSeconds(25);

	@Test
	@DisplayName("C1: without faults others see a change in milliseconds, and nothing is cleared")
	void changesTravel() {
		SimulatedCluster cluster = new SimulatedCluster(1, 3, 0, false);
		long clears = cluster.node(0).clears().count();
		cluster.run(Duration.ofMinutes(2));
		assertThat(cluster.staleReads()).isPositive();
		assertThat(cluster.largestDelay()).isLessThan(Duration.ofMillis(100));
		assertThat(cluster.node(0).clears().count()).isEqualTo(clears);
		assertThat(cluster.node(0).peers().snapshot().gaps()).isZero();
	}

	@Test
	@DisplayName("C1, C3: whatever is lost, late, paused, killed or cut, nobody reads what was replaced before the longest staleness")
	void nobodyStaysStale() {
		Duration largest = Duration.ZERO;
		for (int seed = 0; seed < SEEDS; seed++) {
			SimulatedCluster cluster = new SimulatedCluster(seed, 3, (seed % 3) * 0.1, false);
			misfortune(cluster, new Random(seed));
			assertThat(cluster.largestDelay()).as("Seed %d", seed).isLessThanOrEqualTo(BOUND);
			largest = (cluster.largestDelay().compareTo(largest) > 0) ? cluster.largestDelay() : largest;
		}
		// Else the bound would not have been tried
		assertThat(largest).isGreaterThan(Duration.ofSeconds(8));
	}

	@Test
	@DisplayName("C3: the same courses of events leave instances stale that only drop what they are told")
	void naiveInstancesStayStale() {
		int stale = 0;
		for (int seed = 0; seed < 30; seed++) {
			SimulatedCluster cluster = new SimulatedCluster(seed, 3, (seed % 3) * 0.1, true);
			misfortune(cluster, new Random(seed));
			stale += (cluster.largestDelay().compareTo(BOUND) > 0) ? 1 : 0;
		}
		assertThat(stale).isGreaterThan(20);
	}

	private static void misfortune(SimulatedCluster cluster, Random random) {
		for (int i = 0; i < 6; i++) {
			Node node = cluster.randomNode();
			Duration duration = Duration.ofMillis(random.nextLong(LONG_PAUSE.toMillis()));
			switch (random.nextInt(5)) {
				case 0 -> {
					cluster.pause(node);
					cluster.run(duration);
					cluster.resume(node);
				}
				case 1 -> {
					cluster.cut(node);
					cluster.run(duration);
					cluster.heal();
				}
				case 2 -> {
					cluster.kill(node);
					cluster.run(duration);
					cluster.start();
				}
				case 3 -> {
					cluster.stop(node);
					cluster.run(duration);
					cluster.start();
				}
				default -> {
					cluster.cut(node);
					cluster.pause(node);
					cluster.run(duration);
					cluster.heal();
					cluster.resume(node);
				}
			}
			cluster.run(Duration.ofSeconds(6));
		}
		cluster.run(Duration.ofSeconds(15));
	}

}
