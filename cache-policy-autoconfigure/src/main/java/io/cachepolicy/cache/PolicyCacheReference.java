package io.cachepolicy.cache;

import io.cachepolicy.PolicyCacheManager;

import org.springframework.beans.factory.BeanFactory;

/**
 * A reference to the manager, whatever the application makes of the bean: it may wrap it
 * or put another one in its place.
 *
 * @param manager the manager
 */
public record PolicyCacheReference(ConfigurablePolicyCacheManager manager) {

	/**
	 * Find the manager among the beans.
	 * @param beanFactory the beans
	 * @return the manager that has a reference, else the one that is a bean
	 */
	public static PolicyCacheManager find(BeanFactory beanFactory) {
		PolicyCacheReference reference = beanFactory.getBeanProvider(PolicyCacheReference.class).getIfAvailable();
		return (reference != null) ? reference.manager() : beanFactory.getBean(PolicyCacheManager.class);
	}

	/**
	 * Find the manager among the beans.
	 * @param beanFactory the beans
	 * @return the manager that has a reference, else the one that is a bean
	 */
	public static ConfigurablePolicyCacheManager findConfigurable(BeanFactory beanFactory) {
		PolicyCacheReference reference = beanFactory.getBeanProvider(PolicyCacheReference.class).getIfAvailable();
		return (reference != null) ? reference.manager() : beanFactory.getBean(ConfigurablePolicyCacheManager.class);
	}

}
