package io.cachepolicy.jpa.aggregate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.CollectionType;
import org.hibernate.type.ComponentType;
import org.hibernate.type.EntityType;
import org.hibernate.type.Type;

/**
 * The entities that the graphs of one entity may hold.
 *
 * @param roots the roots of their hierarchies
 * @param classes the classes of these roots
 * @param any whether any entity may be among them
 * @param tables the tables in which they are, as they are in the mapping
 */
public record Reach(Set<String> roots, Set<Class<?>> classes, boolean any, Set<String> tables) {

	static Reach of(EntityPersister root, PartTables tables, SessionFactoryImplementor factory) {
		Search search = new Search(factory);
		search.addTypes(root);
		while (!search.open.isEmpty()) {
			String entity = search.open.remove();
			factory.getMappingMetamodel().forEachEntityDescriptor((type) -> {
				if (type.getRootEntityName().equals(entity)) {
					search.addTypes(type);
				}
			});
		}
		Set<String> found = new HashSet<>();
		Set<Class<?>> classes = new HashSet<>();
		search.roots.forEach((name) -> {
			found.addAll(tables.of(name));
			classes.add(factory.getMappingMetamodel().getEntityDescriptor(name).getMappedClass());
		});
		return new Reach(Set.copyOf(search.roots), Set.copyOf(classes), search.any, Set.copyOf(found));
	}

	/**
	 * Return whether graphs hold other rows at all.
	 * @return whether there are none
	 */
	public boolean isEmpty() {
		return this.roots.isEmpty() && !this.any;
	}

	/**
	 * Return whether a graph may hold instances of an entity.
	 * @param persister the entity
	 * @return whether it is within reach
	 */
	public boolean contains(EntityPersister persister) {
		return this.any || this.roots.contains(persister.getRootEntityName());
	}

	/**
	 * Return whether a graph may hold instances of a class.
	 * @param type the class
	 * @return whether an entity within reach is of it, or it is one of an entity
	 */
	public boolean contains(Class<?> type) {
		return this.any
				|| this.classes.stream().anyMatch((held) -> held.isAssignableFrom(type) || type.isAssignableFrom(held));
	}

	/**
	 * A search for entities.
	 */
	private static final class Search {

		private final SessionFactoryImplementor factory;

		private final Deque<String> open = new ArrayDeque<>();

		private final Set<String> roots = new HashSet<>();

		private boolean any;

		Search(SessionFactoryImplementor factory) {
			this.factory = factory;
		}

		void addTypes(EntityPersister persister) {
			this.factory.getMappingMetamodel().forEachEntityDescriptor((type) -> {
				if (Mapping.isA(type, persister)) {
					add(type.getIdentifierType());
					for (Type attribute : type.getPropertyTypes()) {
						add(attribute);
					}
				}
			});
		}

		@SuppressWarnings("removal")
		private void add(Type type) {
			if (type.isAnyType()) {
				this.any = true;
			}
			else if (type instanceof EntityType entity) {
				String root = entity.getAssociatedEntityPersister(this.factory).getRootEntityName();
				if (this.roots.add(root)) {
					this.open.add(root);
				}
			}
			else if (type instanceof CollectionType collection) {
				var persister = this.factory.getMappingMetamodel().getCollectionDescriptor(collection.getRole());
				add(collection.getElementType(this.factory));
				if (persister.hasIndex()) {
					add(persister.getIndexType());
				}
			}
			else if (type instanceof ComponentType component) {
				for (Type part : component.getSubtypes()) {
					add(part);
				}
			}
		}

	}

}
