package io.cachepolicy.jpa.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.hibernate.Hibernate;
import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.type.CollectionType;
import org.hibernate.type.ComponentType;
import org.hibernate.type.EntityType;
import org.hibernate.type.ForeignKeyDirection;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one mapped type lead to rows of others.
 */
sealed interface Link {

	/**
	 * Return whether a value leads to anything that is loaded.
	 * @param value the value
	 * @return whether there is something to {@link #follow}
	 */
	boolean isLoaded(@Nullable Object value);

	/**
	 * Show what a value leads to.
	 * @param owner the instance that has the value
	 * @param value the value
	 * @param walk is shown the parts and instances
	 */
	void follow(Object owner, @Nullable Object value, Walk walk);

	/**
	 * Return the link of a mapped type.
	 * @param path the entity and the names of its attributes, with dots between
	 * @param type the type
	 * @param factory the factory to which the type belongs
	 * @return the link, or {@code null} if the type leads to no rows
	 */
	static @Nullable Link of(String path, Type type, SessionFactoryImplementor factory) {
		if (type instanceof EntityType entity) {
			return new ToOne((entity.getForeignKeyDirection() == ForeignKeyDirection.FROM_PARENT) ? null : path);
		}
		if (type.isAnyType()) {
			return new ToOne(null);
		}
		if (type instanceof CollectionType collection) {
			return Elements.of(path, collection, factory);
		}
		return (type instanceof ComponentType component) ? Embedded.of(path, component, factory) : null;
	}

	private static boolean isFetched(@Nullable Object value) {
		return value != LazyPropertyInitializer.UNFETCHED_PROPERTY;
	}

	/**
	 * A reference to an entity.
	 *
	 * @param role the role of the association if its foreign key is in the row of the
	 * other entity, so that there may be one where there was none
	 */
	record ToOne(@Nullable String role) implements Link {

		@Override
		public boolean isLoaded(@Nullable Object value) {
			return isFetched(value) && (this.role != null || (value != null && Hibernate.isInitialized(value)));
		}

		@Override
		public void follow(Object owner, @Nullable Object value, Walk walk) {
			if (this.role != null && isFetched(value)) {
				walk.role(this.role, owner, null);
			}
			if (value != null && isLoaded(value)) {
				walk.instance(value);
			}
		}

	}

	/**
	 * An embeddable.
	 *
	 * @param type its type
	 * @param parts the links of its attributes, {@code null} where there is none
	 */
	record Embedded(ComponentType type, List<@Nullable Link> parts) implements Link {

		static @Nullable Link of(String path, ComponentType type, SessionFactoryImplementor factory) {
			List<@Nullable Link> parts = new ArrayList<>();
			boolean leads = false;
			for (int i = 0; i < type.getSubtypes().length; i++) {
				Link part = Link.of(path + "." + type.getPropertyNames()[i], type.getSubtypes()[i], factory);
				parts.add(part);
				leads |= part != null;
			}
			return leads ? new Embedded(type, parts) : null;
		}

		@Override
		public boolean isLoaded(@Nullable Object value) {
			if (value == null || !isFetched(value)) {
				return false;
			}
			for (int i = 0; i < this.parts.size(); i++) {
				Link part = this.parts.get(i);
				if (part != null && part.isLoaded(this.type.getPropertyValue(value, i))) {
					return true;
				}
			}
			return false;
		}

		@Override
		public void follow(Object owner, @Nullable Object value, Walk walk) {
			if (value == null || !isFetched(value)) {
				return;
			}
			for (int i = 0; i < this.parts.size(); i++) {
				Link part = this.parts.get(i);
				if (part != null) {
					part.follow(owner, this.type.getPropertyValue(value, i), walk);
				}
			}
		}

	}

	/**
	 * A collection. One that contains no entities is a part of its owner's row.
	 *
	 * @param type its type
	 * @param role its role if it contains entities
	 * @param index the link of its indexes
	 * @param element the link of its elements
	 */
	record Elements(CollectionType type, @Nullable String role, @Nullable Link index,
			@Nullable Link element) implements Link {

		@SuppressWarnings("removal")
		static @Nullable Link of(String path, CollectionType type, SessionFactoryImplementor factory) {
			CollectionPersister persister = factory.getMappingMetamodel().getCollectionDescriptor(type.getRole());
			Type elementType = type.getElementType(factory);
			Link index = persister.hasIndex() ? Link.of(path, persister.getIndexType(), factory) : null;
			Link element = (elementType instanceof EntityType) ? new ToOne(null) : Link.of(path, elementType, factory);
			return (index != null || element != null)
					? new Elements(type, (elementType instanceof EntityType) ? type.getRole() : null, index, element)
					: null;
		}

		@Override
		public boolean isLoaded(@Nullable Object value) {
			return value != null && isFetched(value) && Hibernate.isInitialized(value)
					&& (this.role != null || !isEmpty(value));
		}

		private static boolean isEmpty(Object value) {
			return (value instanceof Map<?, ?> map) ? map.isEmpty()
					: value instanceof Collection<?> elements && elements.isEmpty();
		}

		@Override
		public void follow(Object owner, @Nullable Object value, Walk walk) {
			if (value == null || !isLoaded(value)) {
				return;
			}
			if (this.role != null) {
				walk.role(this.role, owner, this.type.getLHSPropertyName());
			}
			if (value instanceof Map<?, ?> map) {
				followAll(this.index, owner, map.keySet(), walk);
				followAll(this.element, owner, map.values(), walk);
			}
			else if (value instanceof Collection<?> elements) {
				followAll(this.element, owner, elements, walk);
			}
			else if (value instanceof Object[] array) {
				followAll(this.element, owner, Arrays.asList(array), walk);
			}
		}

		private static void followAll(@Nullable Link link, Object owner, Collection<?> values, Walk walk) {
			if (link != null) {
				values.forEach((value) -> link.follow(owner, value, walk));
			}
		}

	}

}
