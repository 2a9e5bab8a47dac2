package io.cachepolicy.jpa;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.data.repository.core.support.RepositoryFactoryInformation;

/**
 * The Spring Data repositories of an application, by bean name.
 */
final class RepositoryBeans {

	private final ListableBeanFactory beanFactory;

	RepositoryBeans(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	List<String> findNames(Class<?> entity) {
		return names().filter((name) -> get(name).getRepositoryInformation().getDomainType() == entity)
			.sorted()
			.toList();
	}

	@Nullable RepositoryFactoryInformation<?, ?> find(String name) {
		return names().anyMatch(name::equals) ? get(name) : null;
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
