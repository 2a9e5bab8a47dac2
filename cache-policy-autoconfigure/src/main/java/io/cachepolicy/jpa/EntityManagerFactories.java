package io.cachepolicy.jpa;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The entity manager factories of an application, and their transaction managers.
 */
final class EntityManagerFactories {

	private final ListableBeanFactory beanFactory;

	EntityManagerFactories(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	Stream<EntityManagerFactory> stream() {
		return this.beanFactory.getBeanProvider(EntityManagerFactory.class).orderedStream();
	}

	/**
	 * Find the factory that manages an entity. If several do, it is the primary one.
	 * @param entity the class
	 * @return the factory, or {@code null} if the class is not an entity
	 */
	@Nullable EntityManagerFactory find(Class<?> entity) {
		List<EntityManagerFactory> managing = stream().filter((factory) -> findPersister(factory, entity) != null)
			.toList();
		if (managing.size() < 2) {
			return managing.isEmpty() ? null : managing.get(0);
		}
		EntityManagerFactory primary = this.beanFactory.getBeanProvider(EntityManagerFactory.class).getIfUnique();
		return managing.contains(primary) ? primary : managing.get(0);
	}

	/**
	 * Find the transaction manager of a factory: the one that is made for it, else the
	 * only or the primary one.
	 * @param factory the factory
	 * @return the transaction manager, or {@code null} if there is none
	 */
	@Nullable PlatformTransactionManager findTransactionManager(EntityManagerFactory factory) {
		Optional<PlatformTransactionManager> matching = this.beanFactory
			.getBeanProvider(PlatformTransactionManager.class)
			.orderedStream()
			.filter((manager) -> manager instanceof JpaTransactionManager jpa
					&& jpa.getEntityManagerFactory() == factory)
			.findFirst();
		return matching
			.orElseGet(() -> this.beanFactory.getBeanProvider(PlatformTransactionManager.class).getIfUnique());
	}

	/**
	 * Find Hibernate's description of an entity.
	 * @param factory the factory that manages it
	 * @param entity the class
	 * @return the description, or {@code null} if the factory does not manage the class
	 */
	static @Nullable EntityPersister findPersister(EntityManagerFactory factory, Class<?> entity) {
		return factory.unwrap(SessionFactoryImplementor.class).getMappingMetamodel().findEntityDescriptor(entity);
	}

	/**
	 * Return what a factory needs to work.
	 * @param factory the factory
	 * @return its data source if it is known, else the factory
	 */
	static Object resourceOf(EntityManagerFactory factory) {
		DataSource dataSource = (factory instanceof EntityManagerFactoryInfo info) ? info.getDataSource() : null;
		return (dataSource != null) ? dataSource : factory.unwrap(SessionFactoryImplementor.class);
	}

}
