package io.cachepolicy.jpa.relation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.hibernate.Hibernate;
import org.hibernate.engine.spi.CascadeStyle;
import org.hibernate.engine.spi.CascadingActions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.type.CollectionType;
import org.hibernate.type.ComponentType;
import org.hibernate.type.EntityType;
import org.hibernate.type.ForeignKeyDirection;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one mapped type lead to other entities.
 */
sealed interface Association {

	/**
	 * Show the entities of this association.
	 * @param visitor is shown them
	 */
	void describe(Visitor<String> visitor);

	/**
	 * Show the loaded entities to which a value leads, and those that are known by id.
	 * @param value the value
	 * @param visitor is shown them
	 */
	void visit(Object value, Visitor<Object> visitor);

	/**
	 * Return the association of a mapped type.
	 * @param type the type
	 * @param cascade what is passed on to the entities
	 * @param factory the factory to which the type belongs
	 * @return the association, or {@code null} if the type leads to no entity
	 */
	static @Nullable Association of(Type type, CascadeStyle cascade, SessionFactoryImplementor factory) {
		if (type instanceof EntityType entity) {
			boolean refers = entity.getForeignKeyDirection() == ForeignKeyDirection.FROM_PARENT;
			return toOne(entity.getAssociatedEntityName(factory), refers, cascade);
		}
		if (type instanceof ComponentType component) {
			return Embedded.of(component, factory);
		}
		return (type instanceof CollectionType collection) ? Elements.of(collection, cascade, factory) : null;
	}

	private static Association toOne(String target, boolean refers, CascadeStyle cascade) {
		return new ToOne(target, refers,
				cascade.doCascade(CascadingActions.PERSIST) || cascade.doCascade(CascadingActions.MERGE));
	}

	/**
	 * An entity.
	 *
	 * @param target the name of the entity
	 * @param refers whether the foreign key is in the row of the owner, or in one that is
	 * written with it
	 * @param cascades whether the entity is written with its owner
	 */
	record ToOne(String target, boolean refers, boolean cascades) implements Association {

		@Override
		public void describe(Visitor<String> visitor) {
			visitor.entity(this.target, this.refers, this.cascades);
		}

		@Override
		public void visit(Object value, Visitor<Object> visitor) {
			visitor.entity(value, this.refers, this.cascades);
		}

	}

	/**
	 * An embeddable with associations.
	 *
	 * @param type the type
	 * @param parts its associations, {@code null} for an attribute that is none
	 */
	record Embedded(ComponentType type, List<@Nullable Association> parts) implements Association {

		static @Nullable Association of(ComponentType type, SessionFactoryImplementor factory) {
			List<@Nullable Association> parts = new ArrayList<>();
			boolean leads = false;
			for (int i = 0; i < type.getSubtypes().length; i++) {
				Association part = Association.of(type.getSubtypes()[i], type.getCascadeStyle(i), factory);
				parts.add(part);
				leads |= part != null;
			}
			return leads ? new Embedded(type, parts) : null;
		}

		@Override
		public void describe(Visitor<String> visitor) {
			for (Association part : this.parts) {
				if (part != null) {
					part.describe(visitor);
				}
			}
		}

		@Override
		public void visit(Object value, Visitor<Object> visitor) {
			@Nullable Object[] values = this.type.getPropertyValues(value);
			for (int i = 0; i < values.length; i++) {
				Association part = this.parts.get(i);
				if (part != null && values[i] != null) {
					part.visit(values[i], visitor);
				}
			}
		}

	}

	/**
	 * A collection.
	 *
	 * @param index the association of its indexes, if they lead to entities
	 * @param element the association of its elements, if they lead to entities
	 */
	record Elements(@Nullable Association index, @Nullable Association element) implements Association {

		@SuppressWarnings("removal")
		static @Nullable Association of(CollectionType type, CascadeStyle cascade, SessionFactoryImplementor factory) {
			CollectionPersister persister = factory.getMappingMetamodel().getCollectionDescriptor(type.getRole());
			boolean rows = !persister.isInverse() && !persister.isOneToMany();
			Association index = (rows && persister.hasIndex())
					? Association.of(persister.getIndexType(), cascade, factory) : null;
			Association element = ofElement(type.getElementType(factory), rows, cascade, factory);
			return (index != null || element != null) ? new Elements(index, element) : null;
		}

		private static @Nullable Association ofElement(Type type, boolean rows, CascadeStyle cascade,
				SessionFactoryImplementor factory) {
			return (type instanceof EntityType entity) ? toOne(entity.getAssociatedEntityName(factory), rows, cascade)
					: Association.of(type, cascade, factory);
		}

		@Override
		public void describe(Visitor<String> visitor) {
			if (this.index != null) {
				this.index.describe(visitor);
			}
			if (this.element != null) {
				this.element.describe(visitor);
			}
		}

		@Override
		public void visit(Object value, Visitor<Object> visitor) {
			if (!Hibernate.isInitialized(value)) {
				return;
			}
			if (value instanceof Map<?, ?> map) {
				visitAll(this.index, map.keySet(), visitor);
				visitAll(this.element, map.values(), visitor);
			}
			else if (value instanceof Collection<?> collection) {
				visitAll(this.element, collection, visitor);
			}
			else if (value instanceof Object[] array) {
				visitAll(this.element, List.of(array), visitor);
			}
		}

		private static void visitAll(@Nullable Association association, Collection<?> values, Visitor<Object> visitor) {
			if (association != null) {
				values.stream().filter((value) -> value != null).forEach((value) -> association.visit(value, visitor));
			}
		}

	}

	/**
	 * Is shown entities.
	 *
	 * @param <T> how they are shown: by their names, or as they are
	 */
	@FunctionalInterface
	interface Visitor<T> {

		/**
		 * Show an entity.
		 * @param entity the entity
		 * @param refers whether the foreign key is in the row of the owner, or in one
		 * that is written with it
		 * @param cascades whether the entity is written with its owner
		 */
		void entity(T entity, boolean refers, boolean cascades);

	}

}
