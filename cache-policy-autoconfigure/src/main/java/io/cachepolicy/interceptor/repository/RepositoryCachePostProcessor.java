package io.cachepolicy.interceptor.repository;

import java.util.function.Supplier;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.PolicyCacheReference;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.data.repository.core.support.RepositoryFactoryBeanSupport;

/**
 * Puts a {@link RepositoryCacheInterceptor} around annotated repositories, by the factory
 * that makes them. Repositories that a test replaces by a mock have none.
 */
class RepositoryCachePostProcessor implements BeanPostProcessor {

	// Behind the one that tells of the invocation, before that of transactions
	private static final int POSITION = 1;

	private final BeanFactory beanFactory;

	RepositoryCachePostProcessor(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof RepositoryFactoryBeanSupport<?, ?, ?> factory) {
			PolicyCachedRepository repository = find(factory.getObjectType());
			if (repository != null) {
				advise(factory, repository);
			}
		}
		return bean;
	}

	private static @Nullable PolicyCachedRepository find(Class<?> type) {
		try {
			return PolicyCachedRepository.find(type);
		}
		catch (InvalidPolicyCacheException ex) {
			// Reported with all others when the application has started
			return null;
		}
	}

	private void advise(RepositoryFactoryBeanSupport<?, ?, ?> factory, PolicyCachedRepository repository) {
		Supplier<PolicyCacheManager> manager = () -> PolicyCacheReference.find(this.beanFactory);
		factory.addRepositoryFactoryCustomizer((created) -> created.addRepositoryProxyPostProcessor(
				(proxy, information) -> proxy.addAdvice(Math.min(POSITION, proxy.getAdvisorCount()),
						new RepositoryCacheInterceptor(repository, information, manager))));
	}

}
