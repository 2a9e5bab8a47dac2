package io.cachepolicy.hazelcast.process;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Test that the histories tell a channel that loses one message from one that does not.
 */
@Tag("process")
class NaiveChannelTests {

	@Test
	@DisplayName("C3: with a channel that loses one message of twenty, somebody stays stale")
	void lostMessagesLeaveSomebodyStale() {
		try (ProcessCluster cluster = new ProcessCluster(new Loopback(), "--naive=true")) {
			cluster.run(ProcessCluster.MAX_STALENESS.multipliedBy(4));
			History history = cluster.history("naive");
			assertThat(history.largestDelay()).as("%s", history).isGreaterThan(ProcessCluster.MAX_STALENESS);
		}
	}

}
