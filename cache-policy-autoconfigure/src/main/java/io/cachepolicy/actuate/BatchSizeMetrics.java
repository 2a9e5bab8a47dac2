package io.cachepolicy.actuate;

import java.util.List;

import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContext;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Records how large the batches are that the store took or refused.
 */
public final class BatchSizeMetrics implements FlushListener {

	private final MeterRegistry registry;

	private final String managerName;

	/**
	 * Create a listener.
	 * @param registry where the sizes are recorded
	 * @param managerName the tag {@code cache.manager}
	 */
	public BatchSizeMetrics(MeterRegistry registry, String managerName) {
		this.registry = registry;
		this.managerName = managerName;
	}

	@Override
	public Flush begin(String cacheName, List<WriteContext> contexts) {
		return (result) -> {
			if (result.failure() == null) {
				summary(cacheName).record(result.size());
			}
		};
	}

	private DistributionSummary summary(String cacheName) {
		return DistributionSummary.builder("cache.policy.batch.size")
			.tags(PolicyCacheMetrics.tags(cacheName, this.managerName))
			.baseUnit("rows")
			.description("Rows per batch")
			.register(this.registry);
	}

}
