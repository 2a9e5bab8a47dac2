package io.cachepolicy.hazelcast.process;

import java.time.Duration;

import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Test of three processes, one of which is cut off from the others, but not from the
 * database.
 */
@Tag("process")
class NetworkCutTests {

	@Test
	@DisplayName("C1, C3, C4: both sides of a cut network go on, say so, and stay current with the store")
	void cutNetwork() {
		if (!Namespaces.areAvailable()) {
			LogFactory.getLog(NetworkCutTests.class)
				.error("SKIPPED: no cut of the network was tested, as this machine lets nobody make network namespaces. "
						+ "Run this test as root with iproute2.");
			Assumptions.abort("Needs root and iproute2");
		}
		Namespaces site = new Namespaces();
		try (ProcessCluster cluster = new ProcessCluster(site)) {
			site.cut(2);
			cluster.awaitStatus(0, "PARTED 1");
			cluster.awaitStatus(1, "PARTED 1");
			cluster.awaitStatus(2, "ALONE 0");
			cluster.run(Duration.ofSeconds(12));
			site.heal(2);
			cluster.awaitMeeting();
			cluster.run(Duration.ofSeconds(3));
			History cut = cluster.history("cut");
			assertThat(cut.largestDelay()).as("%s", cut)
				.isGreaterThan(Duration.ofSeconds(1))
				.isLessThanOrEqualTo(ProcessCluster.MAX_STALENESS.plusMillis(500));
			cluster.run(Duration.ofSeconds(5));
			History healed = cluster.history("healed");
			assertThat(healed.reads()).isGreaterThan(100);
			assertThat(healed.largestDelay()).as("%s", healed).isLessThan(Duration.ofSeconds(1));
		}
	}

}
