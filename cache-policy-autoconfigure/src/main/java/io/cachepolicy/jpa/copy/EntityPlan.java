package io.cachepolicy.jpa.copy;

import java.lang.reflect.Field;
import java.util.List;
import java.util.stream.Stream;

import org.hibernate.engine.internal.ManagedTypeHelper;
import org.hibernate.engine.spi.SelfDirtinessTracker;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * How the instances of one entity class are copied.
 */
final class EntityPlan {

	private final EntityShape shape;

	private final EntityPersister persister;

	private final AttributeCopier identifier;

	private final List<AttributeMapping> identifierParts;

	private final AttributeCopier[] attributes;

	private final List<Field> unmappedFields;

	private final boolean flat;

	private final @Nullable FieldCopier fields;

	EntityPlan(EntityPersister persister) {
		this.shape = new EntityShape(persister);
		this.persister = persister;
		this.identifierParts = this.shape.identifierParts();
		this.identifier = AttributeCopiers.of(persister.getIdentifierType(), persister.getFactory());
		this.attributes = AttributeCopiers.ofAll(persister.getPropertyTypes(), persister.getFactory());
		this.unmappedFields = this.shape.unmappedFields();
		this.flat = this.identifierParts.isEmpty() && this.unmappedFields.isEmpty() && !persister.isInstrumented()
				&& Stream.concat(Stream.of(this.identifier), Stream.of(this.attributes))
					.allMatch(AttributeCopier.SHARED::equals);
		this.fields = this.flat ? FieldCopier.of(persister) : null;
	}

	/**
	 * Return whether all the state is immutable and mapped, so that an instance can be
	 * copied without a look at its graph.
	 * @return whether {@link #copyFlat} may be used
	 */
	boolean isFlat() {
		return this.flat;
	}

	/**
	 * Copy an instance whose state can be shared.
	 * @param entity the instance
	 * @return the copy
	 */
	Object copyFlat(Object entity) {
		if (this.fields != null) {
			return this.fields.copy(entity);
		}
		Object copy = this.persister.instantiate(this.persister.getIdentifier(entity), null);
		this.persister.setValues(copy, this.persister.getValues(entity));
		return copy;
	}

	/**
	 * Copy an instance as part of a graph.
	 * @param entity the instance
	 * @param graph the graph
	 * @return the copy, to be filled later
	 */
	Object copy(Object entity, Graph graph) {
		Object id = this.shape.findIdOfEnhancedProxy(entity);
		if (id != null) {
			return copyEnhancedProxy(entity, id, graph);
		}
		Object copy = this.shape.instantiate();
		graph.register(entity, copy);
		copyIdentifier(entity, copy, graph);
		graph.later(() -> copyState(entity, copy, graph));
		return copy;
	}

	private void copyIdentifier(Object entity, Object copy, Graph graph) {
		for (AttributeMapping part : this.identifierParts) {
			Object value = part.getValue(entity);
			part.setValue(copy, (value != null) ? graph.reference(value) : null);
		}
		if (this.identifierParts.isEmpty()) {
			Object id = this.identifier.copyIfLoaded(this.persister.getIdentifier(entity), copy, graph);
			this.persister.setIdentifier(copy, id, null);
		}
	}

	private void copyState(Object entity, Object copy, Graph graph) {
		for (Field field : this.unmappedFields) {
			ReflectionUtils.setField(field, copy, ReflectionUtils.getField(field, entity));
		}
		@Nullable Object[] values = this.persister.getValues(entity);
		for (int i = 0; i < values.length; i++) {
			values[i] = this.attributes[i].copyIfLoaded(values[i], copy, graph);
		}
		this.persister.setValues(copy, values);
		ManagedTypeHelper.processIfSelfDirtinessTracker(copy, SelfDirtinessTracker::$$_hibernate_clearDirtyAttributes);
	}

	/**
	 * Copy an uninitialised proxy.
	 * @param proxy the proxy
	 * @param id the id of the entity for which it stands
	 * @param graph the graph
	 * @return a proxy that is uninitialised too
	 */
	Object copyProxy(Object proxy, Object id, Graph graph) {
		Object copy = this.persister.createProxy(copyId(id), null);
		graph.register(proxy, copy);
		return copy;
	}

	private Object copyId(Object id) {
		Type type = this.persister.getIdentifierType();
		return type.isMutable() ? AttributeCopiers.deepCopy(type, id, this.persister.getFactory()) : id;
	}

	private Object copyEnhancedProxy(Object proxy, Object id, Graph graph) {
		Object copy = this.shape.instantiate();
		graph.register(proxy, copy);
		copyIdentifier(proxy, copy, graph);
		this.shape.makeEnhancedProxy(copy, copyId(id));
		return copy;
	}

}
