package io.cachepolicy.interceptor;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.stream.BaseStream;
import java.util.stream.IntStream;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * What the types in the signature of an annotated method mean.
 */
final class MethodTypes {

	private MethodTypes() {
	}

	/**
	 * Return whether a method returns nothing, now or later.
	 * @param method the method
	 * @param owner the class of the bean
	 * @return whether there is no result
	 */
	static boolean isVoid(Method method, Class<?> owner) {
		ResolvableType type = ResolvableType.forMethodReturnType(method, owner);
		Class<?> resolved = type.resolve();
		return resolved == void.class || resolved == Void.class
				|| (type.hasGenerics() && type.getGenerics().length == 1 && type.getGeneric().resolve() == Void.class);
	}

	/**
	 * Return whether values of a type can be read only once, so that there is nothing to
	 * cache.
	 * @param type the type
	 * @return whether it is a stream or the like
	 */
	static boolean isConsumed(Class<?> type) {
		return BaseStream.class.isAssignableFrom(type) || Iterator.class.isAssignableFrom(type)
				|| InputStream.class.isAssignableFrom(type) || Reader.class.isAssignableFrom(type);
	}

	/**
	 * Return the index of the argument that a method writes which returns nothing: the
	 * only one, or the only one that is a value of the cache.
	 * @param method the method
	 * @param owner the class of the bean
	 * @param valueType the type of the values, {@code Object} if it is not known
	 * @return the index
	 * @throws io.cachepolicy.InvalidPolicyCacheException if there is no such argument, or
	 * several
	 */
	static int findWrittenArgument(Method method, Class<?> owner, Class<?> valueType) {
		int count = method.getParameterCount();
		int[] candidates = IntStream.range(0, count)
			.filter((index) -> isOf(valueType, parameterType(method, index, owner), count == 1))
			.toArray();
		if (candidates.length != 1) {
			throw PolicyCachedAttributes.invalid(method, owner,
					"returns nothing, and %s of its arguments can be the %s to write"
						.formatted((candidates.length == 0) ? "none" : "several", valueType.getName()),
					"Return the value that is to be written.");
		}
		return candidates[0];
	}

	private static boolean isOf(Class<?> valueType, Class<?> parameter, boolean alone) {
		return valueType.isAssignableFrom(ClassUtils.resolvePrimitiveIfNecessary(parameter))
				|| (alone && parameter.isAssignableFrom(valueType));
	}

	static Class<?> parameterType(Method method, int index, Class<?> owner) {
		return ResolvableType.forMethodParameter(method, index, owner).resolve(Object.class);
	}

}
