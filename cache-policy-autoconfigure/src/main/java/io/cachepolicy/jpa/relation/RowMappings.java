package io.cachepolicy.jpa.relation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.cachepolicy.spi.RowReference;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of all entities of an {@link EntityManagerFactory} refer to each other, by
 * its mappings. The entities of a hierarchy are one kind of row, named after the root.
 * <p>
 * Counted are the foreign keys of a row and those of rows that are written with it: of
 * collection tables, of join tables and of cascaded entities, these last as long as they
 * close no circle. The column of a one-to-many without {@code mappedBy} is in the rows of
 * the elements. {@code @Any} is not counted.
 */
final class RowMappings {

	private final SessionFactoryImplementor factory;

	private final List<EntityPersister> persisters = new ArrayList<>();

	private final Map<String, EntityAssociations> associations = new TreeMap<>();

	private final RowGraph cascades = new RowGraph();

	private final RowGraph references = new RowGraph();

	RowMappings(EntityManagerFactory entityManagerFactory) {
		this.factory = entityManagerFactory.unwrap(SessionFactoryImplementor.class);
		this.factory.getMappingMetamodel().forEachEntityDescriptor(this.persisters::add);
		this.persisters.forEach(this::add);
		this.factory.getMappingMetamodel().forEachCollectionDescriptor(this::addOneToMany);
		Set<String> roots = new TreeSet<>();
		this.persisters.forEach((persister) -> roots.add(persister.getRootEntityName()));
		roots.forEach(this::addReferencesOfCascaded);
	}

	private void add(EntityPersister persister) {
		EntityAssociations associations = new EntityAssociations(persister);
		this.associations.put(persister.getEntityName(), associations);
		associations.describe((target, refers, cascades) -> {
			if (refers) {
				this.references.add(persister.getRootEntityName(), rootOf(target));
			}
			if (cascades) {
				this.cascades.add(persister.getRootEntityName(), rootOf(target));
			}
		});
	}

	private void addOneToMany(CollectionPersister collection) {
		if (collection.isOneToMany() && !collection.isInverse()) {
			this.references.add(collection.getElementPersister().getRootEntityName(),
					collection.getOwnerEntityPersister().getRootEntityName());
		}
	}

	private void addReferencesOfCascaded(String root) {
		for (String cascaded : new TreeSet<>(this.cascades.reachedFrom(root))) {
			for (String target : new TreeSet<>(this.references.next(cascaded))) {
				this.references.addUnlessCircle(root, target);
			}
		}
	}

	private String rootOf(String entity) {
		return this.factory.getMappingMetamodel().getEntityDescriptor(entity).getRootEntityName();
	}

	/**
	 * Return the entities whose instances are written with those of an entity.
	 * @param persister the description of the entity
	 * @return the entity, its whole hierarchy, and what can be reached by cascades
	 */
	List<EntityPersister> writtenWith(EntityPersister persister) {
		Set<String> roots = new HashSet<>(this.cascades.reachedFrom(persister.getRootEntityName()));
		roots.add(persister.getRootEntityName());
		return this.persisters.stream().filter((entity) -> roots.contains(entity.getRootEntityName())).toList();
	}

	/**
	 * Return the kind of row of an entity.
	 * @param persister the description of the entity
	 * @return its hierarchy
	 */
	Rows rowsOf(EntityPersister persister) {
		return new Rows(this.factory, persister.getRootEntityName());
	}

	RowGraph graph() {
		return this.references;
	}

	RowGraph cascades() {
		return this.cascades;
	}

	/**
	 * Return whether rows may refer to others, or be written with others.
	 * @param root the kind of row
	 * @return {@code false} if {@link ReferredRows} are not worth looking for
	 */
	boolean hasAssociations(String root) {
		return this.associations.entrySet()
			.stream()
			.anyMatch((entry) -> rootOf(entry.getKey()).equals(root) && !entry.getValue().isEmpty());
	}

	@Nullable EntityAssociations findAssociations(Object entity) {
		EntityPersister persister = findPersister(entity.getClass());
		return (persister != null) ? this.associations.get(persister.getEntityName()) : null;
	}

	/**
	 * Return the row for which an instance stands.
	 * @param entity the instance, which is not loaded if it is a proxy
	 * @return the row, or {@code null} if the instance has no id yet
	 */
	@Nullable RowReference findRow(Object entity) {
		LazyInitializer proxy = HibernateProxy.extractLazyInitializer(entity);
		EntityPersister persister = findPersister((proxy != null) ? proxy.getPersistentClass() : entity.getClass());
		if (persister == null) {
			return null;
		}
		Object id = (proxy != null) ? proxy.getInternalIdentifier() : persister.getIdentifier(entity);
		return (id != null) ? new RowReference(new Rows(this.factory, persister.getRootEntityName()), id) : null;
	}

	private @Nullable EntityPersister findPersister(Class<?> entity) {
		return this.factory.getMappingMetamodel().findEntityDescriptor(entity);
	}

	/**
	 * A kind of row.
	 *
	 * @param factory the factory of the entities
	 * @param root the name of the root entity
	 */
	record Rows(SessionFactoryImplementor factory, String root) {

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Rows rows && rows.factory == this.factory && rows.root.equals(this.root);
		}

		@Override
		public int hashCode() {
			return Objects.hashCode(this.root);
		}

		@Override
		public String toString() {
			return "rows of " + this.root;
		}

	}

}
