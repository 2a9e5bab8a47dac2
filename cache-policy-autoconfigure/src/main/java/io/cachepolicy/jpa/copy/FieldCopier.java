package io.cachepolicy.jpa.copy;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;

import org.hibernate.metamodel.mapping.internal.SingleAttributeIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.property.access.spi.PropertyAccess;
import org.hibernate.property.access.spi.SetterFieldImpl;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NativeDetector;
import org.springframework.util.ReflectionUtils;

/**
 * Copies the instances of an entity class field by field, in one method handle: nothing
 * is boxed, and nothing allocated but the copy.
 */
final class FieldCopier {

	private final MethodHandle copy;

	private FieldCopier(MethodHandle copy) {
		this.copy = copy;
	}

	/**
	 * Create the copier of a class whose state can be shared, if Hibernate sets all of it
	 * by fields as well.
	 * @param persister the class
	 * @return the copier, or {@code null} if Hibernate has to read and set the values
	 */
	static @Nullable FieldCopier of(EntityPersister persister) {
		if (NativeDetector.inNativeImage()
				|| !(persister.getIdentifierMapping() instanceof SingleAttributeIdentifierMapping identifier)) {
			return null;
		}
		List<PropertyAccess> accesses = new ArrayList<>();
		accesses.add(identifier.getPropertyAccess());
		persister.getAttributeMappings().forEach((attribute) -> accesses.add(attribute.getPropertyAccess()));
		List<Field> fields = new ArrayList<>();
		for (PropertyAccess access : accesses) {
			if (!(access.getSetter() instanceof SetterFieldImpl)
					|| !(access.getGetter().getMember() instanceof Field field)) {
				return null;
			}
			fields.add(field);
		}
		return of(persister.getMappedClass(), fields);
	}

	private static @Nullable FieldCopier of(Class<?> type, List<Field> fields) {
		try {
			return new FieldCopier(combine(type, fields));
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			// A module that is open to Hibernate, not to this
			return null;
		}
	}

	private static MethodHandle combine(Class<?> type, List<Field> fields) throws ReflectiveOperationException {
		MethodHandles.Lookup lookup = MethodHandles.lookup();
		// (copy, original) -> copy
		MethodHandle copy = MethodHandles.dropArguments(MethodHandles.identity(type), 1, type);
		for (Field field : fields) {
			field.setAccessible(true);
			MethodHandle getter = lookup.unreflectGetter(field).asType(MethodType.methodType(field.getType(), type));
			MethodHandle setter = lookup.unreflectSetter(field)
				.asType(MethodType.methodType(void.class, type, field.getType()));
			copy = MethodHandles.foldArguments(copy, MethodHandles.filterArguments(setter, 1, getter));
		}
		Constructor<?> constructor = type.getDeclaredConstructor();
		constructor.setAccessible(true);
		return MethodHandles.foldArguments(copy, lookup.unreflectConstructor(constructor))
			.asType(MethodType.methodType(Object.class, Object.class));
	}

	/**
	 * Copy an instance.
	 * @param entity the instance, of the class itself
	 * @return the copy
	 */
	Object copy(Object entity) {
		try {
			return (Object) this.copy.invokeExact(entity);
		}
		catch (Throwable ex) {
			ReflectionUtils.rethrowRuntimeException(ex);
			throw new IllegalStateException(ex);
		}
	}

}
