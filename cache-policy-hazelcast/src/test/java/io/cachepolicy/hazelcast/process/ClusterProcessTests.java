package io.cachepolicy.hazelcast.process;

import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of three processes that read and write the same rows, while one of them is
 * killed, stands still or is restarted.
 */
@Tag("process")
class ClusterProcessTests {

	/**
	 * Between the commit and the change that is offered to others lies a moment.
	 */
	private static final Duration BOUND = ProcessCluster.MAX_STALENESS.plusMillis(500);

	private static ProcessCluster cluster;

	@BeforeAll
	static void start() {
		cluster = new ProcessCluster(new Loopback());
	}

	@AfterAll
	static void stop() {
		if (cluster != null) {
			cluster.close();
		}
	}

	private static void assertBounded(String name) {
		History history = cluster.history(name);
		assertThat(history.reads()).isGreaterThan(100);
		assertThat(history.largestDelay()).as("%s: %s", name, history).isLessThanOrEqualTo(BOUND);
	}

	@Test
	@DisplayName("C1: what one instance wrote is read by the others")
	void undisturbed() {
		cluster.run(Duration.ofSeconds(6));
		assertBounded("undisturbed");
	}

	@Test
	@DisplayName("C1, C3: an instance is killed and started again under load")
	void killed() {
		cluster.instance(2).kill();
		cluster.awaitStatus(0, "PARTED");
		cluster.run(Duration.ofSeconds(5));
		cluster.restart(2);
		cluster.awaitMeeting();
		cluster.run(Duration.ofSeconds(2));
		assertBounded("killed");
		assertThat(cluster.log(0)).contains("left without a goodbye");
	}

	@Test
	@DisplayName("C1, C3: an instance stands still for longer than the longest staleness")
	void paused() {
		cluster.instance(1).signal("STOP");
		cluster.run(ProcessCluster.MAX_STALENESS.plusSeconds(1));
		cluster.instance(1).signal("CONT");
		cluster.run(Duration.ofSeconds(3));
		assertBounded("paused");
	}

	@Test
	@DisplayName("C1, C3: an instance stands still until the others remove it, and comes back")
	void pausedForLong() {
		cluster.instance(1).signal("STOP");
		cluster.awaitStatus(0, "PARTED");
		cluster.run(Duration.ofSeconds(10));
		cluster.instance(1).signal("CONT");
		cluster.awaitMeeting();
		cluster.run(Duration.ofSeconds(3));
		assertBounded("paused for long");
	}

	@Test
	@DisplayName("C1, C3: instances are restarted one after the other")
	void rollingRestart() {
		for (int i = 0; i < 3; i++) {
			cluster.instance(i).stop();
			cluster.restart(i);
			cluster.awaitMeeting();
		}
		cluster.run(Duration.ofSeconds(2));
		assertBounded("rolling restart");
		assertThat(cluster.log(0)).contains("says goodbye");
	}

}
