package io.cachepolicy.jpa.aggregate;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * The tables in which parts of graphs are, by the names of the parts.
 */
final class PartTables {

	private final SessionFactoryImplementor factory;

	private final Map<String, Set<String>> tables = new ConcurrentHashMap<>();

	PartTables(SessionFactoryImplementor factory) {
		this.factory = factory;
	}

	Set<String> of(String name) {
		return this.tables.computeIfAbsent(name, this::find);
	}

	private Set<String> find(String name) {
		Set<String> tables = new HashSet<>();
		EntityPersister entity = this.factory.getMappingMetamodel().findEntityDescriptor(name);
		if (entity != null) {
			addHierarchy(entity.getRootEntityName(), tables);
			return tables;
		}
		CollectionPersister collection = findCollection(name);
		if (collection != null) {
			add(tables, collection.getCollectionSpaces());
			EntityPersister element = collection.getElementPersister();
			if (element != null) {
				addHierarchy(element.getRootEntityName(), tables);
			}
			return tables;
		}
		// An association to one row, which its entity is written with
		RowRoles.inverseTargets(name, this.factory).forEach((target) -> addHierarchy(target, tables));
		return tables;
	}

	private @Nullable CollectionPersister findCollection(String role) {
		return this.factory.getMappingMetamodel().findCollectionDescriptor(role);
	}

	private void addHierarchy(String root, Set<String> tables) {
		this.factory.getMappingMetamodel().forEachEntityDescriptor((type) -> {
			if (type.getRootEntityName().equals(root)) {
				add(tables, type.getQuerySpaces());
				add(tables, type.getTableNames());
			}
		});
		this.factory.getMappingMetamodel().forEachCollectionDescriptor((collection) -> {
			if (!collection.isOneToMany() && collection.getOwnerEntityPersister().getRootEntityName().equals(root)) {
				add(tables, collection.getCollectionSpaces());
			}
		});
	}

	private static void add(Set<String> tables, Object[] names) {
		Arrays.stream(names).map(Object::toString).forEach(tables::add);
	}

}
