package io.cachepolicy.jpa;

import java.util.List;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.data.jpa.repository.support.JpaEntityInformation;
import org.springframework.data.jpa.repository.support.JpaEntityInformationSupport;
import org.springframework.data.jpa.repository.support.SimpleJpaRepository;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.core.EntityInformation;
import org.springframework.data.repository.core.RepositoryInformation;
import org.springframework.orm.jpa.SharedEntityManagerCreator;

/**
 * A repository with what is known of its entity.
 *
 * @param repository the repository: a bean, what a test put in the place of one, or a
 * plain one over the entity manager
 * @param metadata how the bean is made, {@code null} if Spring Data did not make one
 * @param information what Spring Data knows of the entity
 * @param persister what Hibernate knows of the entity
 */
record EntityRepository(CrudRepository<Object, Object> repository, @Nullable RepositoryInformation metadata,
		EntityInformation<Object, Object> information, EntityPersister persister) {

	private static final List<String> SPRING = List.of("org.springframework.data.", "org.springframework.transaction.",
			"org.springframework.dao.", "org.springframework.aop.interceptor.", "io.cachepolicy.interceptor.");

	/**
	 * Describe a repository over the entity manager, for an entity that has no bean which
	 * saves and deletes.
	 * @param factory the factory of its entity manager
	 * @param persister what Hibernate knows of the entity
	 * @return the repository
	 */
	@SuppressWarnings("unchecked")
	static EntityRepository of(EntityManagerFactory factory, EntityPersister persister) {
		EntityManager manager = SharedEntityManagerCreator.createSharedEntityManager(factory);
		JpaEntityInformation<Object, Object> information = (JpaEntityInformation<Object, Object>) JpaEntityInformationSupport
			.getEntityInformation(persister.getMappedClass(), manager);
		return new EntityRepository(new SimpleJpaRepository<>(information, manager), null, information, persister);
	}

	/**
	 * Describe a repository that Spring Data did not make.
	 * @param repository the repository
	 * @param factory the factory of the entity manager
	 * @param persister what Hibernate knows of the entity
	 * @return the repository
	 */
	static EntityRepository of(CrudRepository<Object, Object> repository, EntityManagerFactory factory,
			EntityPersister persister) {
		return new EntityRepository(repository, null, of(factory, persister).information(), persister);
	}

	/**
	 * Return whether the methods that save and delete are those that Spring Data JPA
	 * implements.
	 * @return {@code false} if the application replaced one
	 */
	boolean savesAsSpringData() {
		RepositoryInformation metadata = this.metadata;
		if (metadata == null) {
			return this.repository.getClass() == SimpleJpaRepository.class;
		}
		return metadata.getRepositoryBaseClass() == SimpleJpaRepository.class
				&& Stream.of(CrudRepository.class.getMethods())
					.filter((method) -> method.getName().startsWith("save") || method.getName().startsWith("delete"))
					.noneMatch(metadata::isCustomMethod);
	}

	/**
	 * Return whether the application put advice around the methods of the repository.
	 * @return {@code false} if there is only that of Spring
	 */
	boolean isAdvised() {
		return this.repository instanceof Advised advised
				&& Stream.of(advised.getAdvisors()).anyMatch(EntityRepository::isForeign);
	}

	private static boolean isForeign(Advisor advisor) {
		String advice = advisor.getAdvice().getClass().getName();
		return advisor instanceof PointcutAdvisor && SPRING.stream().noneMatch(advice::startsWith);
	}

}
