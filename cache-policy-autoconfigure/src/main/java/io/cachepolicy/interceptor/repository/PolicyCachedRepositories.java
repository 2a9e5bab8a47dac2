package io.cachepolicy.interceptor.repository;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.spi.BackingStore;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.data.repository.core.support.RepositoryFactoryInformation;

/**
 * The {@link io.cachepolicy.PolicyCached} repositories of an application, found without
 * creating a bean.
 */
public class PolicyCachedRepositories {

	private final List<PolicyCachedRepository> repositories = new ArrayList<>();

	/**
	 * Find the repositories. What a test put in the place of one does not count.
	 * @param beanFactory the beans
	 * @param problems told of annotations that can't work
	 */
	public PolicyCachedRepositories(ListableBeanFactory beanFactory, Consumer<InvalidPolicyCacheException> problems) {
		Set<Class<?>> types = new LinkedHashSet<>();
		for (String name : beanFactory.getBeanNamesForType(RepositoryFactoryInformation.class, true, false)) {
			Class<?> type = beanFactory.getType(BeanFactoryUtils.transformedBeanName(name), false);
			if (type != null && type.isInterface()) {
				types.add(type);
			}
		}
		for (Class<?> type : types) {
			try {
				PolicyCachedRepository repository = PolicyCachedRepository.find(type);
				if (repository != null) {
					this.repositories.add(repository);
				}
			}
			catch (InvalidPolicyCacheException ex) {
				problems.accept(ex);
			}
		}
	}

	/**
	 * Return the repositories.
	 * @return those whose annotation can work
	 */
	public List<PolicyCachedRepository> all() {
		return List.copyOf(this.repositories);
	}

	/**
	 * Declare the cache of a repository, and the type of its values.
	 * @param repository the repository
	 * @param manager the manager
	 */
	public static void declare(PolicyCachedRepository repository, ConfigurablePolicyCacheManager manager) {
		manager.declare(repository.cacheName(), repository.describe());
		manager.infer(repository.cacheName(), repository.entity(), repository.describe());
	}

	/**
	 * Check that the cache of a repository holds its entity.
	 * @param repository the repository
	 * @param manager the manager
	 * @throws InvalidPolicyCacheException if the repository can't work with the cache
	 */
	public static void validate(PolicyCachedRepository repository, ConfigurablePolicyCacheManager manager) {
		ManagedPolicyCache cache = manager.getCache(repository.cacheName());
		BackingStore store = (cache != null) ? cache.findStore() : null;
		if (store == null) {
			throw new InvalidPolicyCacheException(
					"%s is one of %s, which is not a JPA entity".formatted(repository.describe(),
							repository.entity().getName()),
					"Remove @PolicyCached, or annotate the methods of a service instead.");
		}
		if (store.keys().getValueType() != repository.entity()) {
			throw new InvalidPolicyCacheException("%s is one of %s, but the cache '%s' holds %s".formatted(
					repository.describe(), repository.entity().getName(), repository.cacheName(),
					store.keys().getValueType().getName()), "Use a cache of its own for each entity.");
		}
	}

}
