package io.cachepolicy.interceptor.repository;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

/**
 * Puts {@link io.cachepolicy.PolicyCached} repositories to work with the caches of a
 * {@link io.cachepolicy.PolicyCacheManager}.
 */
@Configuration(proxyBeanMethods = false)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public class RepositoryCachingConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RepositoryCachePostProcessor policyCachedRepositoryPostProcessor(BeanFactory beanFactory) {
		return new RepositoryCachePostProcessor(beanFactory);
	}

}
