package io.cachepolicy.jpa.listen;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;

/**
 * The tables in which rows of entities are, by the names that {@link SqlTables} has for
 * them.
 */
final class EntityTables {

	private EntityTables() {
	}

	/**
	 * Return the tables of an entity, its subclasses and their collections.
	 * @param factory the factory
	 * @param persister the entity
	 * @return the names of the tables
	 */
	static Set<String> of(SessionFactoryImplementor factory, EntityPersister persister) {
		Set<String> tables = new HashSet<>();
		persister.getEntityPersister().getSubMappingTypes();
		factory.getMappingMetamodel().forEachEntityDescriptor((type) -> {
			if (type == persister || persister.isSubclassEntityName(type.getEntityName())) {
				add(tables, type.getQuerySpaces());
				add(tables, type.getTableNames());
				addCollections(factory, tables, type.getEntityName());
			}
		});
		return Set.copyOf(tables);
	}

	private static void addCollections(SessionFactoryImplementor factory, Set<String> tables, String owner) {
		factory.getMappingMetamodel().forEachCollectionDescriptor((collection) -> {
			if (collection.getOwnerEntityPersister().getEntityName().equals(owner) && !collection.isOneToMany()) {
				add(tables, collection.getCollectionSpaces());
			}
		});
	}

	/**
	 * Return the names of tables.
	 * @param names the tables as Hibernate names them
	 * @return their names
	 */
	static Set<String> named(Object[] names) {
		Set<String> tables = new HashSet<>();
		add(tables, names);
		return tables;
	}

	private static void add(Set<String> tables, Object[] names) {
		Arrays.stream(names).map(Object::toString).map(SqlTables::nameOf).forEach(tables::add);
	}

}
