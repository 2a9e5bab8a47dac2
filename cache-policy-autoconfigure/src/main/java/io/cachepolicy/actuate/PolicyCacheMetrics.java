package io.cachepolicy.actuate;

import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters of the deferred writes of all caches, those included that are created later.
 */
public final class PolicyCacheMetrics implements MeterBinder {

	private static final String PENDING = "cache.policy.pending";

	private final ConfigurablePolicyCacheManager manager;

	private final String managerName;

	/**
	 * Create a binder.
	 * @param manager the manager of the caches
	 * @param managerName the tag {@code cache.manager}
	 */
	public PolicyCacheMetrics(ConfigurablePolicyCacheManager manager, String managerName) {
		this.manager = manager;
		this.managerName = managerName;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.manager.forEachCache((cache) -> bind(cache, registry));
	}

	private void bind(ManagedPolicyCache cache, MeterRegistry registry) {
		Tags tags = tags(cache.getName(), this.managerName);
		if (registry.find(PENDING).tags(tags).gauge() == null) {
			bindPending(cache, tags, registry);
			bindWrites(cache, tags, registry);
			FunctionCounter.builder("cache.policy.bypassed", cache, ManagedPolicyCache::getBypassed)
				.tags(tags)
				.description("Changes of rows that other code made without the cache")
				.register(registry);
			FunctionCounter.builder("cache.policy.stale.queries", cache, ManagedPolicyCache::getStaleQueries)
				.tags(tags)
				.description("Queries that ran while rows of their tables were pending")
				.register(registry);
		}
	}

	private static void bindPending(ManagedPolicyCache cache, Tags tags, MeterRegistry registry) {
		Gauge.builder(PENDING, cache, ManagedPolicyCache::pendingWrites)
			.tags(tags)
			.description("Writes that were accepted and are not yet in the store")
			.register(registry);
		Gauge.builder("cache.policy.pending.max", cache, (bound) -> bound.getSpec().writeBack().maxPending())
			.tags(tags)
			.description("The most writes that may be pending")
			.register(registry);
		TimeGauge.builder("cache.policy.pending.age", cache, TimeUnit.NANOSECONDS, PolicyCacheMetrics::oldestAge)
			.tags(tags)
			.description("Time for which the oldest pending write has been pending")
			.register(registry);
		Gauge.builder("cache.policy.dead.letters", cache, PolicyCacheMetrics::deadLetters)
			.tags(tags)
			.description("Dead letters that are kept")
			.register(registry);
	}

	private static double oldestAge(ManagedPolicyCache cache) {
		PendingWrites writes = cache.findPendingWrites();
		return (writes != null) ? writes.status().oldestAge().toNanos() : 0;
	}

	private static double deadLetters(ManagedPolicyCache cache) {
		PendingWrites writes = cache.findPendingWrites();
		return (writes != null) ? writes.status().deadLetters() : 0;
	}

	private static void bindWrites(ManagedPolicyCache cache, Tags tags, MeterRegistry registry) {
		bindWrites(cache, tags.and("result", "accepted"), registry, WriteCounts::accepted);
		bindWrites(cache, tags.and("result", "coalesced"), registry, WriteCounts::coalesced);
		bindWrites(cache, tags.and("result", "cancelled"), registry, WriteCounts::cancelled);
		bindWrites(cache, tags.and("result", "written"), registry, WriteCounts::written);
		bindWrites(cache, tags.and("result", "retried"), registry, WriteCounts::retried);
		bindWrites(cache, tags.and("result", "failed"), registry, WriteCounts::failedAttempts);
		bindWrites(cache, tags.and("result", "dead-lettered"), registry, WriteCounts::deadLettered);
		bindWrites(cache, tags.and("result", "refused"), registry, WriteCounts::refused);
	}

	private static void bindWrites(ManagedPolicyCache cache, Tags tags, MeterRegistry registry,
			ToLongFunction<WriteCounts> count) {
		ToDoubleFunction<ManagedPolicyCache> function = (counted) -> {
			PendingWrites writes = counted.findPendingWrites();
			return (writes != null) ? count.applyAsLong(writes.counts()) : 0;
		};
		FunctionCounter.builder("cache.policy.writes", cache, function)
			.tags(tags)
			.description("Deferred writes by what became of them")
			.register(registry);
	}

	static Tags tags(String cacheName, String managerName) {
		return Tags.of("cache", cacheName, "cache.manager", managerName);
	}

}
