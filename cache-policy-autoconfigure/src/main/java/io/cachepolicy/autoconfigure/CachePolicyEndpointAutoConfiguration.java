package io.cachepolicy.autoconfigure;

import io.cachepolicy.actuate.CachePoliciesEndpoint;
import io.cachepolicy.actuate.CachePoliciesEndpointJmxExtension;
import io.cachepolicy.actuate.CachePoliciesEndpointWebExtension;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.PolicyCacheReference;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.PendingLog;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link AutoConfiguration Auto-configuration} for the {@link CachePoliciesEndpoint}.
 */
@AutoConfiguration(after = CachePolicyAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(CachePoliciesEndpoint.class)
@ConditionalOnBean(ConfigurablePolicyCacheManager.class)
public final class CachePolicyEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	CachePoliciesEndpoint cachePoliciesEndpoint(BeanFactory beanFactory, ObjectProvider<ChangeChannel> channel,
			ObjectProvider<PendingLog.Factory> journal) {
		return new CachePoliciesEndpoint(PolicyCacheReference.findConfigurable(beanFactory), channel.getIfAvailable(),
				journal.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	CachePoliciesEndpointWebExtension cachePoliciesEndpointWebExtension(CachePoliciesEndpoint endpoint,
			ObjectProvider<PathMappedEndpoints> paths) {
		return new CachePoliciesEndpointWebExtension(endpoint, paths::getIfAvailable);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.JMX)
	CachePoliciesEndpointJmxExtension cachePoliciesEndpointJmxExtension(CachePoliciesEndpoint endpoint) {
		return new CachePoliciesEndpointJmxExtension(endpoint);
	}

}
