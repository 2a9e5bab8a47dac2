package io.cachepolicy.autoconfigure;

import io.cachepolicy.interceptor.PolicyCachedConfiguration;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * {@link AutoConfiguration Auto-configuration} that fails the start if there are
 * {@link io.cachepolicy.PolicyCached} methods and nothing that carries them out.
 */
@AutoConfiguration(after = { CachePolicyAutoConfiguration.class, CacheAutoConfiguration.class })
@ConditionalOnClass({ CacheAspectSupport.class, CacheAutoConfiguration.class })
@ConditionalOnMissingBean(PolicyCachedConfiguration.class)
public final class CachePolicyCheckAutoConfiguration {

	@Bean
	PolicyCachedUnusedCheck policyCachedUnusedCheck(ConfigurableListableBeanFactory beanFactory,
			Environment environment) {
		return new PolicyCachedUnusedCheck(beanFactory, environment);
	}

}
