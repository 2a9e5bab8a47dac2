package io.cachepolicy.jpa.aggregate;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * The types of the ids of parts, by the names of the parts, and which ids have a meaning
 * outside of this instance. Thread-safe.
 */
final class PartTypes {

	private final SessionFactoryImplementor factory;

	private final Map<String, Type> types = new ConcurrentHashMap<>();

	private final Map<Class<?>, Boolean> plain = new ConcurrentHashMap<>();

	PartTypes(SessionFactoryImplementor factory) {
		this.factory = factory;
	}

	/**
	 * Return the type of the ids of parts.
	 * @param name the name of the parts
	 * @return the type, {@code null} if there are no parts of that name
	 */
	@Nullable Type of(String name) {
		// Names that are not known come from outside, and are not kept
		Type known = this.types.get(name);
		return (known != null) ? known : this.types.computeIfAbsent(name, this::find);
	}

	private @Nullable Type find(String name) {
		EntityPersister entity = this.factory.getMappingMetamodel().findEntityDescriptor(name);
		if (entity != null) {
			return entity.getIdentifierType();
		}
		CollectionPersister collection = this.factory.getMappingMetamodel().findCollectionDescriptor(name);
		if (collection != null) {
			EntityPersister owner = collection.getOwnerEntityPersister();
			String property = Mapping.keyOf(collection);
			return (property != null) ? Mapping.typeOf(owner, property) : owner.getIdentifierType();
		}
		return findOfReference(name);
	}

	/**
	 * Find the type of the ids of the owners of an association to one row.
	 * @param role the role of the association
	 * @return the type, {@code null} if there is no such association
	 */
	private @Nullable Type findOfReference(String role) {
		Set<EntityPersister> owners = new HashSet<>();
		if (!RowRoles.inverseTargets(role, this.factory).isEmpty()) {
			this.factory.getMappingMetamodel().forEachEntityDescriptor((owner) -> {
				if (role.startsWith(EntityLinks.roleOf(owner, ""))) {
					owners.add(owner);
				}
			});
		}
		EntityPersister closest = null;
		for (EntityPersister owner : owners) {
			if (closest == null || owner.getRootEntityName().length() > closest.getRootEntityName().length()) {
				closest = owner;
			}
		}
		return (closest != null) ? closest.getIdentifierType() : null;
	}

	/**
	 * Return whether an id means the same in another instance: it is no entity, as one
	 * with several ids and no class for them is, and consists of none.
	 * @param id the id
	 * @return whether it is made of values
	 */
	boolean isPlain(Object id) {
		return this.plain.computeIfAbsent(id.getClass(), (type) -> isPlain(type, new HashSet<>()));
	}

	private boolean isPlain(Class<?> type, Set<Class<?>> visited) {
		if (type.isPrimitive() || type.getName().startsWith("java.") || !visited.add(type)) {
			return true;
		}
		if (this.factory.getMappingMetamodel().findEntityDescriptor(type) != null) {
			return false;
		}
		for (Class<?> current = type; current != null; current = current.getSuperclass()) {
			for (Field field : current.getDeclaredFields()) {
				if (!Modifier.isStatic(field.getModifiers()) && !isPlain(field.getType(), visited)) {
					return false;
				}
			}
		}
		return true;
	}

}
