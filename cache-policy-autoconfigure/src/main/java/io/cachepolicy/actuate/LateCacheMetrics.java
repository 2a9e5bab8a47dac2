package io.cachepolicy.actuate;

import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;

import org.springframework.boot.cache.metrics.CacheMetricsRegistrar;

/**
 * Binds Spring Boot's cache meters of caches that are created after Spring Boot looked
 * for them.
 */
public final class LateCacheMetrics {

	private final CacheMetricsRegistrar registrar;

	private final MeterRegistry registry;

	private final String managerName;

	/**
	 * Bind the meters of all caches, those included that are created from now on.
	 * @param manager the manager of the caches
	 * @param managerName the tag {@code cache.manager}
	 * @param registrar binds the meters
	 * @param registry where they are bound
	 */
	public LateCacheMetrics(ConfigurablePolicyCacheManager manager, String managerName, CacheMetricsRegistrar registrar,
			MeterRegistry registry) {
		this.registrar = registrar;
		this.registry = registry;
		this.managerName = managerName;
		manager.forEachCache(this::bind);
	}

	private void bind(ManagedPolicyCache cache) {
		boolean bound = this.registry.find("cache.gets")
			.tags(PolicyCacheMetrics.tags(cache.getName(), this.managerName))
			.meter() != null;
		if (!bound) {
			this.registrar.bindCacheToRegistry(cache, Tag.of("cache.manager", this.managerName));
		}
	}

}
