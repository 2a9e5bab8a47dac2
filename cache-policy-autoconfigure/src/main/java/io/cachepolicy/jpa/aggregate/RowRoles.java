package io.cachepolicy.jpa.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import org.hibernate.Hibernate;
import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.AbstractCollectionPersister;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.hibernate.type.ComponentType;
import org.hibernate.type.EntityType;
import org.hibernate.type.ForeignKeyDirection;
import org.hibernate.type.OneToOneType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * The associations of other entities to which the rows of an entity belong by their own
 * columns: those that are mapped by an attribute of the row, and those whose foreign key
 * is an attribute of it as well.
 */
final class RowRoles {

	/**
	 * Stands for a foreign key that is not known.
	 */
	private static final Object UNKNOWN = new Object();

	private final List<Role> roles = new ArrayList<>();

	RowRoles(EntityPersister persister, SessionFactoryImplementor factory) {
		factory.getMappingMetamodel().forEachCollectionDescriptor((collection) -> {
			EntityPersister element = collection.isOneToMany() ? collection.getElementPersister() : null;
			if (element != null && Mapping.isA(persister, element)) {
				addCollection(persister, collection, factory);
			}
		});
		factory.getMappingMetamodel()
			.forEachEntityDescriptor((owner) -> addReferences(persister, owner, "", owner.getPropertyTypes(),
					owner.getPropertyNames(), factory));
	}

	private void addCollection(EntityPersister persister, CollectionPersister collection,
			SessionFactoryImplementor factory) {
		EntityPersister owner = collection.getOwnerEntityPersister();
		String property = Mapping.keyOf(collection);
		Function<Object, @Nullable Object> key = findKey(persister, collection, owner, property, factory);
		if (key != null) {
			this.roles.add(new Role(collection.getRole(), key,
					(property != null) ? Mapping.typeOf(owner, property) : owner.getIdentifierType()));
		}
	}

	/**
	 * Find what yields the key of the collection to which an instance belongs.
	 * @param persister the entity
	 * @param collection the collection
	 * @param owner its owner
	 * @param property the attribute of the owner that is the key, {@code null} for the id
	 * @param factory the factory
	 * @return yields {@link #UNKNOWN} if it is not known, {@code null} if the collection
	 * itself tells of each change
	 */
	private static @Nullable Function<Object, @Nullable Object> findKey(EntityPersister persister,
			CollectionPersister collection, EntityPersister owner, @Nullable String property,
			SessionFactoryImplementor factory) {
		String mappedBy = collection.getMappedByProperty();
		if (mappedBy != null && Mapping.hasAttribute(persister, mappedBy)
				&& Mapping.typeOf(persister, mappedBy) instanceof EntityType) {
			return (entity) -> keyOf(persister.getPropertyValue(entity, mappedBy), owner, property);
		}
		if (collection instanceof AbstractCollectionPersister rows) {
			Attribute attribute = Attribute.find(persister, rows.getKeyColumnNames(), factory);
			if (attribute != null) {
				return (entity) -> {
					Object value = attribute.getter().apply(entity);
					return (attribute.type() instanceof EntityType) ? keyOf(value, owner, property) : value;
				};
			}
		}
		return (collection.isInverse()) ? (entity) -> UNKNOWN : null;
	}

	private static @Nullable Object keyOf(@Nullable Object reference, EntityPersister owner,
			@Nullable String property) {
		if (reference == null) {
			return null;
		}
		if (property == null) {
			Object id = idOf(reference, owner);
			return (id != null) ? id : UNKNOWN;
		}
		return (Hibernate.isInitialized(reference)) ? owner.getPropertyValue(Hibernate.unproxy(reference), property)
				: UNKNOWN;
	}

	/**
	 * Return the id of an instance.
	 * @param reference the instance, a proxy of it, or its id
	 * @param persister its entity
	 * @return the id, {@code null} if it has none
	 */
	static @Nullable Object idOf(Object reference, EntityPersister persister) {
		LazyInitializer proxy = HibernateProxy.extractLazyInitializer(reference);
		if (proxy != null) {
			return proxy.getInternalIdentifier();
		}
		return persister.getMappedClass().isInstance(reference) ? persister.getIdentifier(reference) : reference;
	}

	private void addReferences(EntityPersister persister, EntityPersister owner, String prefix, Type[] types,
			String[] names, SessionFactoryImplementor factory) {
		for (int i = 0; i < types.length; i++) {
			if (types[i] instanceof ComponentType component) {
				addReferences(persister, owner, prefix + names[i] + ".", component.getSubtypes(),
						component.getPropertyNames(), factory);
			}
			else if (isInverse(types[i])
					&& Mapping.isA(persister, ((OneToOneType) types[i]).getAssociatedEntityPersister(factory))) {
				addReference(persister, owner, EntityLinks.roleOf(owner, prefix + names[i]), (OneToOneType) types[i]);
			}
		}
	}

	private static boolean isInverse(Type type) {
		return type instanceof OneToOneType reference
				&& reference.getForeignKeyDirection() != ForeignKeyDirection.FROM_PARENT;
	}

	private void addReference(EntityPersister persister, EntityPersister owner, String role, OneToOneType type) {
		String property = type.getRHSUniqueKeyPropertyName();
		Function<Object, @Nullable Object> key = (entity) -> UNKNOWN;
		if (property == null) {
			key = persister::getIdentifier;
		}
		else if (Mapping.hasAttribute(persister, property)) {
			key = (entity) -> keyOf(persister.getPropertyValue(entity, property), owner, null);
		}
		this.roles.add(new Role(role, key, owner.getIdentifierType()));
	}

	/**
	 * Return to which hierarchies an association leads whose foreign key is on the other
	 * side.
	 * @param role the role of the association
	 * @param factory the factory
	 * @return the roots of the hierarchies
	 */
	static Set<String> inverseTargets(String role, SessionFactoryImplementor factory) {
		Set<String> targets = new HashSet<>();
		factory.getMappingMetamodel().forEachEntityDescriptor((persister) -> {
			if (new RowRoles(persister, factory).roles.stream()
				.anyMatch((candidate) -> candidate.name().equals(role))) {
				targets.add(persister.getRootEntityName());
			}
		});
		return targets;
	}

	/**
	 * Show the associations to which a row belongs.
	 * @param entity the instance, if there is one
	 * @param id its id
	 * @param visitor is shown the parts
	 */
	void visit(@Nullable Object entity, Object id, PartVisitor visitor) {
		for (Role role : this.roles) {
			Object key = (entity != null) ? keyOf(role, entity) : UNKNOWN;
			if (key != null && ClassUtils.isAssignableValue(role.type().getReturnedClass(), key)) {
				visitor.part(new Part(role.name(), key, role.type()));
			}
			else if (key != null && key != LazyPropertyInitializer.UNFETCHED_PROPERTY) {
				visitor.anyOf(role.name());
			}
		}
	}

	private static @Nullable Object keyOf(Role role, Object entity) {
		try {
			return role.key().apply(entity);
		}
		catch (RuntimeException ex) {
			// A mapping of which this knows too little
			return UNKNOWN;
		}
	}

	/**
	 * An association to which rows belong.
	 *
	 * @param name the name of the association
	 * @param key yields to which one an instance belongs
	 * @param type the type of the keys
	 */
	private record Role(String name, Function<Object, @Nullable Object> key, Type type) {

	}

	/**
	 * An attribute, or a part of an embedded one.
	 *
	 * @param type its type
	 * @param getter reads it
	 */
	private record Attribute(Type type, Function<Object, @Nullable Object> getter) {

		static @Nullable Attribute find(EntityPersister persister, String[] columns,
				SessionFactoryImplementor factory) {
			for (String name : persister.getPropertyNames()) {
				Attribute found = new Attribute(Mapping.typeOf(persister, name),
						(entity) -> persister.getPropertyValue(entity, name))
					.find(persister.getPropertyColumnNames(name), columns, factory);
				if (found != null) {
					return found;
				}
			}
			return new Attribute(persister.getIdentifierType(), persister::getIdentifier)
				.find(persister.getIdentifierColumnNames(), columns, factory);
		}

		private @Nullable Attribute find(String @Nullable [] own, String[] columns, SessionFactoryImplementor factory) {
			if (own == null || own.length < columns.length || this.type.isCollectionType()) {
				return null;
			}
			if (Arrays.equals(own, columns)) {
				return this;
			}
			if (this.type instanceof ComponentType component) {
				int start = 0;
				for (int i = 0; i < component.getSubtypes().length; i++) {
					int index = i;
					Type part = component.getSubtypes()[i];
					int end = start + part.getColumnSpan(factory.getRuntimeMetamodels());
					Attribute found = new Attribute(part, (entity) -> {
						Object value = this.getter.apply(entity);
						return (value != null) ? component.getPropertyValue(value, index) : null;
					}).find(Arrays.copyOfRange(own, start, Math.min(end, own.length)), columns, factory);
					if (found != null) {
						return found;
					}
					start = end;
				}
			}
			return null;
		}

	}

}
