package io.cachepolicy.jpa.aggregate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.cachepolicy.jpa.copy.EntityShape;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * How the instances of one entity class lead to rows of others.
 */
final class EntityLinks {

	private final EntityPersister persister;

	private final EntityShape shape;

	private final Attribute[] attributes;

	EntityLinks(EntityPersister persister) {
		this.persister = persister;
		this.shape = new EntityShape(persister);
		SessionFactoryImplementor factory = persister.getFactory();
		List<Attribute> attributes = new ArrayList<>();
		addIdentifier(attributes, factory);
		Type[] types = persister.getPropertyTypes();
		for (int i = 0; i < types.length; i++) {
			int index = i;
			add(attributes, persister.getPropertyNames()[i], types[i], (entity) -> persister.getValue(entity, index),
					factory);
		}
		this.attributes = attributes.toArray(Attribute[]::new);
	}

	private void addIdentifier(List<Attribute> attributes, SessionFactoryImplementor factory) {
		if (this.shape.identifierParts().isEmpty()) {
			EntityIdentifierMapping identifier = this.persister.getIdentifierMapping();
			add(attributes, "id", this.persister.getIdentifierType(), identifier::getIdentifier, factory);
			return;
		}
		for (AttributeMapping part : this.shape.identifierParts()) {
			if (part.asPluralAttributeMapping() == null && part.getMappedType() instanceof EntityPersister) {
				attributes.add(new Attribute(part::getValue, new Link.ToOne(null)));
			}
		}
	}

	private void add(List<Attribute> attributes, String name, Type type, Function<Object, @Nullable Object> getter,
			SessionFactoryImplementor factory) {
		Link link = Link.of(roleOf(this.persister, name), type, factory);
		if (link != null) {
			attributes.add(new Attribute(getter, link));
		}
	}

	/**
	 * Return how an association is named.
	 * @param persister the entity that has it, or inherits it
	 * @param attribute the path to it
	 * @return the role
	 */
	static String roleOf(EntityPersister persister, String attribute) {
		return persister.getRootEntityName() + "." + attribute;
	}

	EntityPersister persister() {
		return this.persister;
	}

	/**
	 * Return whether an instance leads to anything that is loaded.
	 * @param entity the instance
	 * @return whether there is something to {@link #follow}
	 */
	boolean isLoaded(Object entity) {
		for (Attribute attribute : this.attributes) {
			if (attribute.link().isLoaded(attribute.getter().apply(entity))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Show what an instance leads to.
	 * @param entity the instance
	 * @param walk is shown the parts and instances
	 */
	void follow(Object entity, Walk walk) {
		if (this.shape.findIdOfEnhancedProxy(entity) == null) {
			for (Attribute attribute : this.attributes) {
				attribute.link().follow(entity, attribute.getter().apply(entity), walk);
			}
		}
	}

	/**
	 * An attribute that leads to other rows.
	 *
	 * @param getter reads it
	 * @param link its link
	 */
	private record Attribute(Function<Object, @Nullable Object> getter, Link link) {

	}

}
