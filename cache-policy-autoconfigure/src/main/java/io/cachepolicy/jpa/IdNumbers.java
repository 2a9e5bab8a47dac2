package io.cachepolicy.jpa;

import io.cachepolicy.spi.KeyConversion;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Numbers in the composite ids of one entity. A database takes {@code 1.0} and
 * {@code 1.00} for the same, and {@code equals} does not.
 */
final class IdNumbers {

	private final EmbeddableMappingType mapping;

	private IdNumbers(EmbeddableMappingType mapping) {
		this.mapping = mapping;
	}

	/**
	 * Find the numbers in the ids of an entity.
	 * @param persister the entity
	 * @param idType the class of its ids
	 * @return the numbers, {@code null} if no part of an id can be written in two ways
	 */
	static @Nullable IdNumbers find(EntityPersister persister, Class<?> idType) {
		if (!(persister.getIdentifierMapping() instanceof CompositeIdentifierMapping composite)) {
			return null;
		}
		EmbeddableMappingType mapping = composite.getMappedIdEmbeddableTypeDescriptor();
		return (mapping.getMappedJavaType().getJavaTypeClass() == idType && hasNumbers(mapping))
				? new IdNumbers(mapping) : null;
	}

	private static boolean hasNumbers(EmbeddableMappingType mapping) {
		for (int i = 0; i < mapping.getNumberOfAttributeMappings(); i++) {
			AttributeMapping attribute = mapping.getAttributeMapping(i);
			if (attribute instanceof EmbeddableValuedModelPart part) {
				if (hasNumbers(part.getEmbeddableTypeDescriptor())) {
					return true;
				}
			}
			else if (Number.class.isAssignableFrom(attribute.getMappedType().getMappedJavaType().getJavaTypeClass())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return the one id of all that stand for the same row.
	 * @param id an id
	 * @return the id, or a copy whose numbers are normalized
	 */
	Object normalize(Object id) {
		return normalize(id, this.mapping);
	}

	private static Object normalize(Object component, EmbeddableMappingType mapping) {
		Object[] values = mapping.getValues(component);
		boolean changed = false;
		for (int i = 0; i < values.length; i++) {
			Object value = values[i];
			if (value != null) {
				values[i] = (mapping.getAttributeMapping(i) instanceof EmbeddableValuedModelPart part)
						? normalize(value, part.getEmbeddableTypeDescriptor()) : KeyConversion.normalize(value);
				changed |= !values[i].equals(value);
			}
		}
		return (changed) ? mapping.getRepresentationStrategy().getInstantiator().instantiate(() -> values) : component;
	}

}
