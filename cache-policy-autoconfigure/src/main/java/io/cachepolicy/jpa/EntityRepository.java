package io.cachepolicy.jpa;

import org.hibernate.persister.entity.EntityPersister;

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

	/**
	 * Return whether {@code save} is the one that Spring Data JPA implements.
	 * @return {@code false} if the application replaced it
	 */
	boolean savesAsSpringData() {
		return this.metadata.getRepositoryBaseClass() == SimpleJpaRepository.class && !this.metadata.hasCustomMethod();
	}

}
