package io.cachepolicy.jpa.relation;

import java.util.LinkedHashMap;
import java.util.Map;

import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.ComponentType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * The associations of one entity class.
 */
final class EntityAssociations {

	private final EntityPersister persister;

	private final Map<Integer, Association> attributes = new LinkedHashMap<>();

	private final Map<AttributeMapping, Association> idParts = new LinkedHashMap<>();

	private final @Nullable Association id;

	EntityAssociations(EntityPersister persister) {
		this.persister = persister;
		SessionFactoryImplementor factory = persister.getFactory();
		Type[] types = persister.getPropertyTypes();
		for (int i = 0; i < types.length; i++) {
			Association association = Association.of(types[i], persister.getPropertyCascadeStyles()[i], factory);
			if (association != null) {
				this.attributes.put(i, association);
			}
		}
		if (persister.getIdentifierMapping() instanceof NonAggregatedIdentifierMapping mapping) {
			mapping.getVirtualIdEmbeddable().getAttributeMappings().forEach(this::addIdPart);
		}
		this.id = (persister.hasIdentifierProperty() && persister.getIdentifierType() instanceof ComponentType type)
				? Association.Embedded.of(type, factory) : null;
	}

	private void addIdPart(AttributeMapping part) {
		if (part instanceof ToOneAttributeMapping toOne) {
			this.idParts.put(part,
					new Association.ToOne(toOne.getAssociatedEntityMappingType().getEntityName(), true, false));
		}
	}

	boolean isEmpty() {
		return this.attributes.isEmpty() && this.idParts.isEmpty() && this.id == null;
	}

	/**
	 * Show the entities of the associations.
	 * @param visitor is shown them
	 */
	void describe(Association.Visitor<String> visitor) {
		this.attributes.values().forEach((association) -> association.describe(visitor));
		this.idParts.values().forEach((association) -> association.describe(visitor));
		if (this.id != null) {
			this.id.describe(visitor);
		}
	}

	/**
	 * Show the entities to which an instance leads, without loading any.
	 * @param entity the instance, which is loaded
	 * @param visitor is shown them
	 */
	void visit(Object entity, Association.Visitor<Object> visitor) {
		if (!this.attributes.isEmpty()) {
			@Nullable Object[] values = this.persister.getValues(entity);
			this.attributes.forEach((index, association) -> visit(values[index], association, visitor));
		}
		this.idParts.forEach((part, association) -> visit(part.getValue(entity), association, visitor));
		if (this.id != null) {
			visit(this.persister.getIdentifier(entity), this.id, visitor);
		}
	}

	private static void visit(@Nullable Object value, Association association, Association.Visitor<Object> visitor) {
		if (value != null && value != LazyPropertyInitializer.UNFETCHED_PROPERTY) {
			association.visit(value, visitor);
		}
	}

}
