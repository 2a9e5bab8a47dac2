package io.cachepolicy.jpa.relation;

import java.util.List;
import java.util.Set;

import io.cachepolicy.spi.RowRelations;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.persister.entity.EntityPersister;

/**
 * How the rows of all entities of an {@link EntityManagerFactory} refer to each other, by
 * its mappings. Thread-safe.
 */
public final class ForeignKeys {

	private final RowMappings mappings;

	/**
	 * Look at the mappings of a factory.
	 * @param entityManagerFactory the factory
	 */
	public ForeignKeys(EntityManagerFactory entityManagerFactory) {
		this.mappings = new RowMappings(entityManagerFactory);
	}

	/**
	 * Return the relations of the rows of an entity.
	 * @param persister the description of the entity
	 * @return the relations
	 */
	public RowRelations relationsOf(EntityPersister persister) {
		return new EntityRelations(this.mappings, this.mappings.rowsOf(persister));
	}

	/**
	 * Return the entities whose instances are written with those of an entity.
	 * @param persister the description of the entity
	 * @return the entity, its whole hierarchy, and what can be reached by cascades
	 */
	public List<EntityPersister> writtenWith(EntityPersister persister) {
		return this.mappings.writtenWith(persister);
	}

	/**
	 * Return whether rows may refer to others, or be written with others.
	 * @param persister the description of their entity
	 * @return {@code false} if it is not worth looking for {@link #findReferred
	 * instances}
	 */
	public boolean hasAssociations(EntityPersister persister) {
		return this.mappings.hasAssociations(persister.getRootEntityName());
	}

	/**
	 * Return the loaded instances to which an instance, and those that are written with
	 * it, refer. Nothing is loaded.
	 * @param entity the instance
	 * @return the instances, without those that are written with it
	 */
	public Set<Object> findReferred(Object entity) {
		return new ReferredInstances(this.mappings).of(entity);
	}

}
