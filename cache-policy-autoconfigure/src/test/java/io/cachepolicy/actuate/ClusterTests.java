package io.cachepolicy.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.cachepolicy.actuate.CachePolicyHealthIndicator.Thresholds;
import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import io.cachepolicy.spi.ChannelStatus;
import io.cachepolicy.spi.ChannelStatus.Clear;
import io.cachepolicy.spi.ChannelStatus.Counts;
import io.cachepolicy.spi.ChannelStatus.Member;
import io.cachepolicy.spi.ChannelStatus.State;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.RecordingChannel;
import io.cachepolicy.testsupport.Specs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for what {@link ClusterMetrics}, {@link CachePoliciesEndpoint} and
 * {@link CachePolicyHealthIndicator} tell of other instances.
 */
class ClusterTests {

	private final RecordingChannel channel = new RecordingChannel();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final CaffeinePolicyCacheManager manager = Specs.of("items").channel(this.channel).manager(new FakeStore());

	private void part() {
		this.channel.setStatus(new ChannelStatus(State.PARTED,
				List.of(new Member("1", "host:5701", false, Duration.ofSeconds(1)),
						new Member("2", "host:5702", true, Duration.ofSeconds(7))),
				Duration.ofSeconds(7), new Counts(11, 12, 13, 14),
				new Clear("an instance left", Duration.ofSeconds(9))));
	}

	@Test
	@DisplayName("C4: meters tell of other instances")
	void metersTellOfOtherInstances() {
		new ClusterMetrics(this.channel).bindTo(this.registry);
		assertThat(gauge("members", "heard")).isZero();
		part();
		assertThat(gauge("members", "heard")).isOne();
		assertThat(gauge("members", "silent")).isOne();
		assertThat(this.registry.get("cache.policy.cluster.lag").timeGauge().value()).isEqualTo(7);
		assertThat(counter("invalidations", "direction", "sent")).isEqualTo(11);
		assertThat(counter("invalidations", "direction", "received")).isEqualTo(12);
		assertThat(counter("gaps")).isEqualTo(13);
		assertThat(counter("clears")).isEqualTo(14);
	}

	private double gauge(String name, String state) {
		return this.registry.get("cache.policy.cluster." + name).tag("state", state).gauge().value();
	}

	private double counter(String name, String... tags) {
		return this.registry.get("cache.policy.cluster." + name).tags(tags).functionCounter().count();
	}

	@Test
	@DisplayName("C4: health tells of other instances, and leaves the status alone")
	void healthTellsOfOtherInstances() {
		CachePolicyHealthIndicator indicator = new CachePolicyHealthIndicator(this.manager,
				new Thresholds(Duration.ofMinutes(1), Duration.ofMinutes(1), 1), this.channel);
		assertThat(indicator.health().getDetails()).isEmpty();
		part();
		Health health = indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("cluster",
				Map.of("state", "parted", "heard", List.of("host:5701"), "silent", List.of("host:5702"), "lag", "PT7S",
						"lastClear", Map.of("reason", "an instance left", "age", "PT9S")));
	}

	@Test
	@DisplayName("C4: health says that an instance is alone")
	void healthTellsOfAnInstanceThatIsAlone() {
		this.channel.setStatus(new ChannelStatus(State.ALONE,
				List.of(new Member("1", "host:5701", true, Duration.ofSeconds(3))), Duration.ofSeconds(3),
				new Counts(0, 0, 0, 1), new Clear("no sign of another instance", Duration.ofSeconds(3))));
		Health health = new CachePolicyHealthIndicator(this.manager,
				new Thresholds(Duration.ofMinutes(1), Duration.ofMinutes(1), 1), this.channel)
			.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("cluster",
				Map.of("state", "alone", "silent", List.of("host:5701"), "lag", "PT3S", "lastClear",
						Map.of("reason", "no sign of another instance", "age", "PT3S")));
	}

	@Test
	@DisplayName("C4: endpoint shows the members")
	void endpointShowsTheMembers() {
		CachePoliciesEndpoint endpoint = new CachePoliciesEndpoint(this.manager, this.channel, null);
		assertThat(endpoint.caches().cluster()).isNull();
		assertThat(new CachePoliciesEndpoint(this.manager).caches().cluster()).isNull();
		part();
		ClusterDescriptor cluster = endpoint.caches().cluster();
		assertThat(cluster).isNotNull();
		assertThat(cluster.state()).isEqualTo("parted");
		assertThat(cluster.members()).extracting("name", "state")
			.containsExactly(tuple("host:5701", "heard"), tuple("host:5702", "silent"));
		assertThat(cluster.lastClear()).isNotNull();
		assertThat(List.of(cluster.sent(), cluster.received(), cluster.gaps(), cluster.clears())).containsExactly(11L,
				12L, 13L, 14L);
	}

}
