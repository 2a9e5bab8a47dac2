package io.cachepolicy.actuate;

import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.ChannelStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters of the channel between instances.
 */
public final class ClusterMetrics implements MeterBinder {

	private static final String PREFIX = "cache.policy.cluster.";

	private final ChangeChannel channel;

	/**
	 * Create a binder.
	 * @param channel the channel
	 */
	public ClusterMetrics(ChangeChannel channel) {
		this.channel = channel;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		bindMembers("heard", false, registry);
		bindMembers("silent", true, registry);
		bindInvalidations("sent", (status) -> status.counts().sent(), registry);
		bindInvalidations("received", (status) -> status.counts().received(), registry);
		bindCounter("gaps", "How often changes of another instance were missing", (status) -> status.counts().gaps(),
				registry);
		bindCounter("clears", "How often all clustered caches were cleared, as changes may have been missed",
				(status) -> status.counts().clears(), registry);
		TimeGauge
			.builder(PREFIX + "lag", this.channel, TimeUnit.NANOSECONDS,
					(channel) -> value(channel, (status) -> status.lag().toNanos()))
			.description("Time for which changes of other instances may be missing at most")
			.register(registry);
	}

	private void bindMembers(String state, boolean silent, MeterRegistry registry) {
		Gauge
			.builder(PREFIX + "members", this.channel, (channel) -> value(channel,
					(status) -> status.members().stream().filter((member) -> member.silent() == silent).count()))
			.tags("state", state)
			.description("Other instances, by whether they are heard")
			.register(registry);
	}

	private void bindInvalidations(String direction, ToDoubleFunction<ChannelStatus> count, MeterRegistry registry) {
		FunctionCounter.builder(PREFIX + "invalidations", this.channel, (channel) -> value(channel, count))
			.tags("direction", direction)
			.description("Keys, and caches as a whole, of which instances told each other")
			.register(registry);
	}

	private void bindCounter(String name, String description, ToDoubleFunction<ChannelStatus> count,
			MeterRegistry registry) {
		FunctionCounter.builder(PREFIX + name, this.channel, (channel) -> value(channel, count))
			.description(description)
			.register(registry);
	}

	private static double value(ChangeChannel channel, ToDoubleFunction<ChannelStatus> function) {
		ChannelStatus status = channel.status();
		return (status != null) ? function.applyAsDouble(status) : 0;
	}

}
