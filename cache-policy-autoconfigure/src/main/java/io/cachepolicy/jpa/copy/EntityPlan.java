package io.cachepolicy.jpa.copy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.hibernate.bytecode.enhance.spi.interceptor.EnhancementAsProxyLazinessInterceptor;
import org.hibernate.bytecode.enhance.spi.interceptor.EnhancementAsProxyLazinessInterceptor.EntityRelatedState;
import org.hibernate.bytecode.spi.BytecodeEnhancementMetadata;
import org.hibernate.engine.internal.ManagedTypeHelper;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.SelfDirtinessTracker;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.CompositeType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.util.ReflectionUtils;

/**
 * How the instances of one entity class are copied.
 */
final class EntityPlan {

	private final EntityPersister persister;

	private final AttributeCopier identifier;

	private final List<AttributeMapping> identifierParts;

	private final AttributeCopier[] attributes;

	private final Field[] unmappedFields;

	private final boolean flat;

	private final @Nullable FieldCopier fields;

	EntityPlan(EntityPersister persister) {
		this.persister = persister;
		this.identifierParts = findIdentifierParts(persister);
		this.identifier = AttributeCopiers.of(persister.getIdentifierType(), persister.getFactory());
		this.attributes = AttributeCopiers.ofAll(persister.getPropertyTypes(), persister.getFactory());
		this.unmappedFields = findUnmappedFields(persister);
		this.flat = this.identifierParts.isEmpty() && this.unmappedFields.length == 0 && !persister.isInstrumented()
				&& Stream.concat(Stream.of(this.identifier), Stream.of(this.attributes))
					.allMatch(AttributeCopier.SHARED::equals);
		this.fields = this.flat ? FieldCopier.of(persister) : null;
	}

	private static List<AttributeMapping> findIdentifierParts(EntityPersister persister) {
		List<AttributeMapping> parts = new ArrayList<>();
		if (persister.getIdentifierMapping() instanceof NonAggregatedIdentifierMapping mapping) {
			mapping.getVirtualIdEmbeddable().getAttributeMappings().forEach(parts::add);
		}
		return parts;
	}

	private static Field[] findUnmappedFields(EntityPersister persister) {
		Set<String> mapped = new HashSet<>(List.of(persister.getPropertyNames()));
		mapped.addAll(findIdentifierNames(persister));
		List<Field> fields = new ArrayList<>();
		ReflectionUtils.doWithFields(persister.getMappedClass(), fields::add,
				(field) -> isCopied(field) && !mapped.contains(field.getName()));
		fields.forEach(ReflectionUtils::makeAccessible);
		return fields.toArray(Field[]::new);
	}

	private static Set<String> findIdentifierNames(EntityPersister persister) {
		if (persister.hasIdentifierProperty()) {
			return Set.of(persister.getIdentifierPropertyName());
		}
		return Set.of(((CompositeType) persister.getIdentifierType()).getPropertyNames());
	}

	private static boolean isCopied(Field field) {
		return !Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers())
				&& !field.getName().startsWith("$$_hibernate") && BeanUtils.isSimpleValueType(field.getType());
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
		if (findProxyInterceptor(entity) instanceof EnhancementAsProxyLazinessInterceptor interceptor) {
			return copyEnhancedProxy(entity, interceptor, graph);
		}
		Object copy = this.persister.getRepresentationStrategy().getInstantiator().instantiate();
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

	private @Nullable Object findProxyInterceptor(Object entity) {
		BytecodeEnhancementMetadata metadata = this.persister.getBytecodeEnhancementMetadata();
		return metadata.isEnhancedForLazyLoading() ? metadata.extractLazyInterceptor(entity) : null;
	}

	private Object copyEnhancedProxy(Object proxy, EnhancementAsProxyLazinessInterceptor interceptor, Graph graph) {
		Object copy = this.persister.getRepresentationStrategy().getInstantiator().instantiate();
		graph.register(proxy, copy);
		copyIdentifier(proxy, copy, graph);
		EntityRelatedState state = new EntityRelatedState(this.persister,
				this.identifierParts.isEmpty() ? null : (CompositeType) this.persister.getIdentifierType(),
				findIdentifierNames(this.persister));
		EntityKey key = new EntityKey(copyId(interceptor.getIdentifier()), this.persister);
		ManagedTypeHelper.asPersistentAttributeInterceptable(copy)
			.$$_hibernate_setInterceptor(new EnhancementAsProxyLazinessInterceptor(state, key, null));
		return copy;
	}

}
