package io.cachepolicy.autoconfigure;

import io.cachepolicy.actuate.FlushObservationConvention;
import io.cachepolicy.actuate.FlushObserver;
import io.cachepolicy.actuate.FlushTracingHandler;
import io.cachepolicy.actuate.StoreWriteObservationConvention;
import io.cachepolicy.actuate.StoreWriteObserver;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * {@link AutoConfiguration Auto-configuration} for observations of what caches with a
 * write policy do to their stores.
 */
@AutoConfiguration(after = CachePolicyAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
				"org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration" })
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean({ ObservationRegistry.class, ConfigurablePolicyCacheManager.class })
public final class CachePolicyObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	FlushObserver policyCacheFlushObserver(ObservationRegistry registry,
			ObjectProvider<FlushObservationConvention> convention) {
		return new FlushObserver(registry, CachePolicyAutoConfiguration.MANAGER, convention.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	StoreWriteObserver policyCacheStoreWriteObserver(ObservationRegistry registry,
			ObjectProvider<StoreWriteObservationConvention> convention) {
		return new StoreWriteObserver(registry, CachePolicyAutoConfiguration.MANAGER, convention.getIfAvailable());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Tracer.class)
	static class TracingConfiguration {

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean(Tracer.class)
		@Order(0)
		FlushTracingHandler policyCacheFlushTracingHandler(Tracer tracer) {
			return new FlushTracingHandler(tracer);
		}

	}

}
