package io.cachepolicy.jpa;

import java.util.List;
import java.util.stream.Stream;

import org.hibernate.persister.entity.EntityPersister;

import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.data.jpa.repository.support.SimpleJpaRepository;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.core.EntityInformation;
import org.springframework.data.repository.core.RepositoryInformation;

/**
 * A repository with what is known of its entity.
 *
 * @param repository the repository
 * @param metadata how the repository is made
 * @param information what Spring Data knows of the entity
 * @param persister what Hibernate knows of the entity
 */
record EntityRepository(CrudRepository<Object, Object> repository, RepositoryInformation metadata,
		EntityInformation<Object, Object> information, EntityPersister persister) {

	private static final List<String> SPRING = List.of("org.springframework.data.", "org.springframework.transaction.",
			"org.springframework.dao.", "org.springframework.aop.interceptor.");

	/**
	 * Return whether the methods that save and delete are those that Spring Data JPA
	 * implements.
	 * @return {@code false} if the application replaced one
	 */
	boolean savesAsSpringData() {
		return this.metadata.getRepositoryBaseClass() == SimpleJpaRepository.class
				&& Stream.of(CrudRepository.class.getMethods())
					.filter((method) -> method.getName().startsWith("save") || method.getName().startsWith("delete"))
					.noneMatch(this.metadata::isCustomMethod);
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
