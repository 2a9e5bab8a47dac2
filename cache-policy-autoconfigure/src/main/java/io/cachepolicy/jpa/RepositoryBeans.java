package io.cachepolicy.jpa;

import java.util.List;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCached;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.core.RepositoryInformation;
import org.springframework.data.repository.core.support.RepositoryFactoryInformation;

/**
 * The Spring Data repositories of an application, by bean name.
 */
final class RepositoryBeans {

	private final ListableBeanFactory beanFactory;

	RepositoryBeans(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Find the repositories of an entity. Among several, the one counts that is annotated
	 * with the name of the cache.
	 * @param entity the entity
	 * @param cacheName the name of the cache
	 * @return the bean names
	 */
	List<String> findNames(Class<?> entity, String cacheName) {
		List<String> all = names().filter((name) -> informationOf(name).getDomainType() == entity).sorted().toList();
		List<String> annotated = all.stream()
			.filter((name) -> isAnnotated(informationOf(name).getRepositoryInterface(), cacheName))
			.toList();
		return annotated.isEmpty() ? all : annotated;
	}

	private RepositoryInformation informationOf(String name) {
		return get(name).getRepositoryInformation();
	}

	private static boolean isAnnotated(Class<?> repository, String cacheName) {
		return MergedAnnotations.from(repository, SearchStrategy.TYPE_HIERARCHY)
			.stream(PolicyCached.class)
			.anyMatch((annotation) -> annotation.getString("cache").trim().equals(cacheName));
	}

	@Nullable RepositoryFactoryInformation<?, ?> find(String name) {
		return names().anyMatch(name::equals) ? get(name) : null;
	}

	/**
	 * Find what a test put in the place of a repository.
	 * @param entity the entity
	 * @return the mock, or {@code null} if there is none
	 */
	@SuppressWarnings("unchecked")
	@Nullable CrudRepository<Object, Object> findSubstitute(Class<?> entity) {
		return (CrudRepository<Object, Object>) Stream
			.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, CrudRepository.class, true,
					false))
			.filter((name) -> isSubstitute(name) && getSubstitutedEntity(name) == entity)
			.findFirst()
			.map(this.beanFactory::getBean)
			.orElse(null);
	}

	/**
	 * Return whether a bean is a repository that Spring Data did not make.
	 * @param name the name of the bean
	 * @return whether it is a repository, and no more is known of it
	 */
	boolean isSubstitute(String name) {
		return this.beanFactory.isTypeMatch(name, Repository.class) && names().noneMatch(name::equals);
	}

	/**
	 * Return the entity that the type of a repository names.
	 * @param name the name of the bean
	 * @return the entity, {@code Object} if it is not known
	 */
	Class<?> getSubstitutedEntity(String name) {
		Class<?> type = this.beanFactory.getType(name);
		return ResolvableType.forClass((type != null) ? type : Object.class)
			.as(Repository.class)
			.getGeneric(0)
			.resolve(Object.class);
	}

	private RepositoryFactoryInformation<?, ?> get(String name) {
		return this.beanFactory.getBean(BeanFactory.FACTORY_BEAN_PREFIX + name, RepositoryFactoryInformation.class);
	}

	private Stream<String> names() {
		return Stream
			.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory,
					RepositoryFactoryInformation.class, false, false))
			.map(BeanFactoryUtils::transformedBeanName);
	}

}
