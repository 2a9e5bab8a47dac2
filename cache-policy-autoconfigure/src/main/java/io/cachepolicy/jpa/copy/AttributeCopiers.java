package io.cachepolicy.jpa.copy;

import java.util.stream.Stream;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.type.CollectionType;
import org.hibernate.type.ComponentType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how the values of mapped types are copied.
 */
final class AttributeCopiers {

	private AttributeCopiers() {
	}

	/**
	 * Return the copier of a mapped type.
	 * @param type the type
	 * @param factory the factory to which the type belongs
	 * @return the copier, {@link AttributeCopier#SHARED} if the type is immutable
	 */
	static AttributeCopier of(Type type, SessionFactoryImplementor factory) {
		if (type.isEntityType() || type.isAnyType()) {
			return (value, owner, graph) -> graph.reference(value);
		}
		if (type instanceof CollectionType collectionType) {
			return new CollectionCopier(collectionType, factory, (part) -> of(part, factory));
		}
		if (type instanceof ComponentType componentType) {
			return ofComponent(componentType, factory);
		}
		return type.isMutable() ? (value, owner, graph) -> deepCopy(type, value, factory) : AttributeCopier.SHARED;
	}

	private static AttributeCopier ofComponent(ComponentType type, SessionFactoryImplementor factory) {
		AttributeCopier[] parts = ofAll(type.getSubtypes(), factory);
		if (!type.isMutable() && Stream.of(parts).allMatch(AttributeCopier.SHARED::equals)) {
			return AttributeCopier.SHARED;
		}
		return (component, owner, graph) -> {
			@Nullable Object[] values = type.getPropertyValues(component);
			for (int i = 0; i < parts.length; i++) {
				values[i] = parts[i].copyIfLoaded(values[i], owner, graph);
			}
			return type.replacePropertyValues(deepCopy(type, component, factory), values, null);
		};
	}

	/**
	 * Return the copiers of mapped types.
	 * @param types the types
	 * @param factory the factory to which the types belong
	 * @return the copiers, in the same order
	 */
	static AttributeCopier[] ofAll(Type[] types, SessionFactoryImplementor factory) {
		return Stream.of(types).map((type) -> of(type, factory)).toArray(AttributeCopier[]::new);
	}

	/**
	 * Copy a value that belongs to no entity.
	 * @param type the type of the value
	 * @param value the value
	 * @param factory the factory to which the type belongs
	 * @return the copy
	 */
	static Object deepCopy(Type type, Object value, SessionFactoryImplementor factory) {
		Object copy = type.deepCopy(value, factory);
		return (copy != null) ? copy : value;
	}

}
