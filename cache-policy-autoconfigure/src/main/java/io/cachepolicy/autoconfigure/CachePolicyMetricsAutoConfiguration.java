package io.cachepolicy.autoconfigure;

import io.cachepolicy.actuate.BatchSizeMetrics;
import io.cachepolicy.actuate.ClusterMetrics;
import io.cachepolicy.actuate.LateCacheMetrics;
import io.cachepolicy.actuate.PolicyCacheMetrics;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.PolicyCacheReference;
import io.cachepolicy.spi.ChangeChannel;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.cache.autoconfigure.metrics.CacheMetricsAutoConfiguration;
import org.springframework.boot.cache.metrics.CacheMetricsRegistrar;
import org.springframework.context.annotation.Bean;

/**
 * {@link AutoConfiguration Auto-configuration} for the meters of caches with a write
 * policy.
 */
@AutoConfiguration(after = { CachePolicyAutoConfiguration.class, CacheMetricsAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, ConfigurablePolicyCacheManager.class })
public final class CachePolicyMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	PolicyCacheMetrics policyCacheMetrics(BeanFactory beanFactory) {
		return new PolicyCacheMetrics(PolicyCacheReference.findConfigurable(beanFactory),
				CachePolicyAutoConfiguration.MANAGER);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(ChangeChannel.class)
	ClusterMetrics policyCacheClusterMetrics(ChangeChannel channel) {
		return new ClusterMetrics(channel);
	}

	@Bean
	@ConditionalOnMissingBean
	BatchSizeMetrics policyCacheBatchSizeMetrics(MeterRegistry registry) {
		return new BatchSizeMetrics(registry, CachePolicyAutoConfiguration.MANAGER);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(CacheMetricsRegistrar.class)
	LateCacheMetrics policyCacheLateMetrics(BeanFactory beanFactory, CacheMetricsRegistrar registrar,
			MeterRegistry registry) {
		return new LateCacheMetrics(PolicyCacheReference.findConfigurable(beanFactory),
				CachePolicyAutoConfiguration.MANAGER, registrar, registry);
	}

}
