package io.cachepolicy.jpa;

import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.spi.KeyConversion;
import io.cachepolicy.spi.StoreKeys;
import io.cachepolicy.text.KeyText;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.ComponentType;
import org.jspecify.annotations.Nullable;

import org.springframework.data.repository.core.EntityInformation;
import org.springframework.util.ClassUtils;

/**
 * The keys of one entity: its ids, as a repository takes them.
 */
final class EntityKeys implements StoreKeys {

	private final EntityInformation<Object, Object> information;

	private final Class<?> idType;

	private final EntityPersister persister;

	private final boolean mutable;

	private final @Nullable IdNumbers numbers;

	EntityKeys(EntityInformation<Object, Object> information, EntityPersister persister) {
		this.information = information;
		this.idType = idType(information, persister);
		requireEquality(information.getJavaType(), this.idType);
		this.persister = persister;
		this.mutable = persister.getIdentifierType() instanceof ComponentType type && type.isMutable()
				&& this.idType == type.getReturnedClass() && !this.idType.isRecord();
		this.numbers = IdNumbers.find(persister, this.idType);
	}

	// Of an id that a generic superclass declares, Spring Data knows no more than that
	// class says; Hibernate knows the type
	private static Class<?> idType(EntityInformation<Object, Object> information, EntityPersister persister) {
		Class<?> declared = ClassUtils.resolvePrimitiveIfNecessary(information.getIdType());
		Class<?> mapped = ClassUtils.resolvePrimitiveIfNecessary(persister.getIdentifierType().getReturnedClass());
		return declared.isAssignableFrom(mapped) ? mapped : declared;
	}

	/**
	 * Require that ids of one row are equal: each instance would be a key of its own.
	 * @param entity the entity
	 * @param idType the class of its ids
	 */
	private static void requireEquality(Class<?> entity, Class<?> idType) {
		if (idType.isArray() || !overridesEquals(idType)) {
			throw new InvalidPolicyCacheException(
					"The ids of %s are of type %s, two instances of which are never equal".formatted(entity.getName(),
							idType.getTypeName()),
					(idType.isArray()) ? "Map the id as a UUID, a String or a class that compares its content."
							: "Implement equals and hashCode in %s, or make it a record.".formatted(idType.getName()));
		}
	}

	private static boolean overridesEquals(Class<?> type) {
		// What is abstract says nothing of its subclasses
		return Modifier.isAbstract(type.getModifiers()) || type == Object.class
				|| ClassUtils.getMethod(type, "equals", Object.class).getDeclaringClass() != Object.class;
	}

	@Override
	public Class<?> getValueType() {
		return this.information.getJavaType();
	}

	@Override
	public Class<?> getKeyType() {
		return this.idType;
	}

	boolean isGenerated() {
		return this.persister.getGenerator().generatesOnInsert();
	}

	/**
	 * Return whether an id tells that its instance was stored, as a generated one does.
	 * @param id the id
	 * @return {@code false} if the id may have been assigned
	 */
	boolean isOfStored(Object id) {
		return Boolean.FALSE.equals(this.persister.getIdentifierMapping().getUnsavedStrategy().isUnsaved(id));
	}

	/**
	 * Return the id that a caller means.
	 * @param key an id, an entity, or something that can be converted to an id
	 * @return the id
	 */
	@Override
	public Object toKey(Object key) {
		if (this.idType.isInstance(key)) {
			return isolate(key);
		}
		if (getValueType().isInstance(key)) {
			return requireKey(key);
		}
		Object id = KeyConversion.convert(key, this.idType);
		if (id == null) {
			throw new IllegalArgumentException("The key of %s is a %s, which the %s '%s' is not"
				.formatted(getValueType().getName(), this.idType.getName(), key.getClass().getName(), KeyText.of(key)));
		}
		return KeyConversion.normalize(id);
	}

	/**
	 * Return an id that nobody changes: a key that changes is not found again.
	 * @param id the id
	 * @return a copy, or the id if it is immutable
	 */
	private Object isolate(Object id) {
		Object copy = (this.mutable) ? this.persister.getIdentifierType().deepCopy(id, this.persister.getFactory())
				: KeyConversion.normalize(id);
		Object isolated = (copy != null) ? copy : id;
		return (this.numbers != null) ? this.numbers.normalize(isolated) : isolated;
	}

	/**
	 * Return the id of an entity.
	 * @param value the entity
	 * @return the id, or {@code null} if it is still to be generated
	 */
	@Override
	public @Nullable Object keyOf(Object value) {
		Object id = getId(value);
		requireGenerated(id);
		if (id == null && !isGenerated()) {
			throw new IllegalArgumentException("%s has no id, which the application has to assign before it is written"
				.formatted(getValueType().getName()));
		}
		return id;
	}

	private void requireGenerated(@Nullable Object id) {
		if (id instanceof Number number && number.longValue() == 0 && isGenerated()) {
			throw new IllegalArgumentException(
					"%s has the id 0, but the database generates its ids: leave it unset to insert a row"
						.formatted(getValueType().getName()));
		}
	}

	private @Nullable Object getId(Object value) {
		if (!getValueType().isInstance(value)) {
			throw new IllegalArgumentException("The values are of type %s, which a %s is not"
				.formatted(getValueType().getName(), value.getClass().getName()));
		}
		Object id = this.information.getId(value);
		return (id == null || isUnset(id)) ? null : isolate(id);
	}

	private boolean isUnset(Object id) {
		return isGenerated() && this.information.getIdType().isPrimitive() && id instanceof Number number
				&& number.longValue() == 0;
	}

	private Object requireKey(Object value) {
		Object id = getId(value);
		if (id == null) {
			throw new IllegalArgumentException(
					"%s has no id yet and can't be used as a key".formatted(getValueType().getName()));
		}
		return id;
	}

	@Override
	public void check(Object key, Object value) {
		Object id = getId(value);
		requireGenerated(id);
		if (!Objects.equals(key, id)) {
			throw new IllegalArgumentException("%s with id '%s' can't be written with the key '%s'"
				.formatted(getValueType().getName(), KeyText.of(id), KeyText.of(key)));
		}
	}

	@Override
	public boolean isOf(Object key, Object value) {
		return getValueType().isInstance(value) && key.equals(getId(value));
	}

	/**
	 * Return ids in the order in which their rows are written, so that transactions that
	 * write the same rows wait for each other instead of ending in a deadlock.
	 * @param ids the ids
	 * @return the ids in their natural order if they have one, else as they came
	 */
	List<Object> inOrder(Collection<?> ids) {
		boolean comparable = Comparable.class.isAssignableFrom(this.idType);
		return comparable ? ids.stream().sorted().map(Object.class::cast).toList() : List.copyOf(ids);
	}

}
