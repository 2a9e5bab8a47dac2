package io.cachepolicy.jpa.copy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.hibernate.bytecode.enhance.spi.interceptor.EnhancementAsProxyLazinessInterceptor;
import org.hibernate.bytecode.enhance.spi.interceptor.EnhancementAsProxyLazinessInterceptor.EntityRelatedState;
import org.hibernate.bytecode.spi.BytecodeEnhancementMetadata;
import org.hibernate.engine.internal.ManagedTypeHelper;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.CompositeType;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.util.ReflectionUtils;

/**
 * What the state of the instances of one entity class consists of, for those that take it
 * apart and put it together again. Thread-safe.
 */
public final class EntityShape {

	private final EntityPersister persister;

	private final List<AttributeMapping> identifierParts;

	private final List<Field> unmappedFields;

	/**
	 * Create a shape.
	 * @param persister the entity class
	 */
	public EntityShape(EntityPersister persister) {
		this.persister = persister;
		this.identifierParts = findIdentifierParts(persister);
		this.unmappedFields = findUnmappedFields(persister);
	}

	private static List<AttributeMapping> findIdentifierParts(EntityPersister persister) {
		List<AttributeMapping> parts = new ArrayList<>();
		if (persister.getIdentifierMapping() instanceof NonAggregatedIdentifierMapping mapping) {
			mapping.getVirtualIdEmbeddable().getAttributeMappings().forEach(parts::add);
		}
		return parts;
	}

	private static List<Field> findUnmappedFields(EntityPersister persister) {
		Set<String> mapped = new HashSet<>(List.of(persister.getPropertyNames()));
		mapped.addAll(findIdentifierNames(persister));
		List<Field> fields = new ArrayList<>();
		ReflectionUtils.doWithFields(persister.getMappedClass(), fields::add,
				(field) -> isCopied(field) && !mapped.contains(field.getName()));
		fields.forEach(ReflectionUtils::makeAccessible);
		return fields;
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
	 * Return the entity class as Hibernate knows it.
	 * @return the persister
	 */
	public EntityPersister persister() {
		return this.persister;
	}

	/**
	 * Return the attributes that make up the id, if the instance has them itself.
	 * @return the attributes, none if the id is one attribute
	 */
	public List<AttributeMapping> identifierParts() {
		return this.identifierParts;
	}

	/**
	 * Return the fields of simple types that are not mapped.
	 * @return the fields, accessible
	 */
	public List<Field> unmappedFields() {
		return this.unmappedFields;
	}

	/**
	 * Return a new instance without an id.
	 * @return the instance
	 */
	public Object instantiate() {
		return this.persister.getRepresentationStrategy().getInstantiator().instantiate();
	}

	/**
	 * Return the id of an instance that stands for a row which is not loaded, as
	 * instances of enhanced classes do.
	 * @param entity the instance
	 * @return the id, {@code null} if the instance is no such proxy
	 */
	public @Nullable Object findIdOfEnhancedProxy(Object entity) {
		BytecodeEnhancementMetadata metadata = this.persister.getBytecodeEnhancementMetadata();
		return (metadata.isEnhancedForLazyLoading()
				&& metadata.extractLazyInterceptor(entity) instanceof EnhancementAsProxyLazinessInterceptor interceptor)
						? interceptor.getIdentifier() : null;
	}

	/**
	 * Let an instance stand for a row that is not loaded.
	 * @param entity the instance, which has its id
	 * @param id the id, not changed by anyone from now on
	 */
	public void makeEnhancedProxy(Object entity, Object id) {
		EntityRelatedState state = new EntityRelatedState(this.persister,
				this.identifierParts.isEmpty() ? null : (CompositeType) this.persister.getIdentifierType(),
				findIdentifierNames(this.persister));
		ManagedTypeHelper.asPersistentAttributeInterceptable(entity)
			.$$_hibernate_setInterceptor(
					new EnhancementAsProxyLazinessInterceptor(state, new EntityKey(id, this.persister), null));
	}

}
