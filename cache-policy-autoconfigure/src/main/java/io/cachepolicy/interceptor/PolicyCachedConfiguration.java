package io.cachepolicy.interceptor;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.cache.interceptor.BeanFactoryCacheOperationSourceAdvisor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;

/**
 * Puts {@link io.cachepolicy.PolicyCached} methods, and those with Spring's own cache
 * annotations, to work with the caches of a {@link io.cachepolicy.PolicyCacheManager}.
 */
@Configuration(proxyBeanMethods = false)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
@ImportRuntimeHints(PolicyCachedRuntimeHints.class)
public class PolicyCachedConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static CacheInterceptorReplacer policyCacheInterceptorReplacer(BeanFactory beanFactory) {
		return new CacheInterceptorReplacer(beanFactory);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static PolicyCachedAspect policyCachedAspect(BeanFactory beanFactory) {
		return new PolicyCachedAspect(beanFactory);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static PolicyCachedProblems policyCachedProblems(PolicyCachedAspect policyCachedAspect) {
		return policyCachedAspect.problems();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static BeanFactoryCacheOperationSourceAdvisor policyCachedReadAdvisor(PolicyCachedAspect policyCachedAspect) {
		return policyCachedAspect.createReadAdvisor();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static BeanFactoryCacheOperationSourceAdvisor policyCachedWriteAdvisor(PolicyCachedAspect policyCachedAspect) {
		return policyCachedAspect.createWriteAdvisor();
	}

}
