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
		return find(beanFactory, PolicyCacheManager.class);
	}

	/**
	 * Find the manager among the beans.
	 * @param beanFactory the beans
	 * @return the manager that has a reference, else the one that is a bean
	 */
	public static ConfigurablePolicyCacheManager findConfigurable(BeanFactory beanFactory) {
		return find(beanFactory, ConfigurablePolicyCacheManager.class);
	}

	private static <T extends PolicyCacheManager> T find(BeanFactory beanFactory, Class<T> type) {
		PolicyCacheReference reference = beanFactory.getBeanProvider(PolicyCacheReference.class).getIfAvailable();
		return (reference != null) ? type.cast(reference.manager()) : beanFactory.getBean(type);
	}

}
