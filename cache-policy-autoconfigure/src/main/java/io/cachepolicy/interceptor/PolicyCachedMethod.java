package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.BaseStream;
import java.util.stream.IntStream;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCached.Operation;
import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * A {@link io.cachepolicy.PolicyCached} method of a bean.
 *
 * @param type the class of the bean
 * @param method the method
 * @param operation what the method does with the cache
 * @param cacheName the name of the cache
 * @param policy the policy of the method, {@code null} for that of the cache
 * @param hasKey whether the method says what its key is
 * @param evicts the names of the caches that the method evicts from
 */
public record PolicyCachedMethod(Class<?> type, Method method, Operation operation, String cacheName,
		@Nullable WritePolicy policy, boolean hasKey, List<String> evicts) {

	static PolicyCachedMethod of(Class<?> type, Method method, PolicyCachedOperation operation) {
		return new PolicyCachedMethod(type, method, operation.kind(), operation.cacheName(), operation.policy(),
				operation.hasKey(), operation.evictions().stream().map(EvictExpression::cacheName).distinct().toList());
	}

	/**
	 * Return the type of the value that the method reads or writes, taken out of
	 * {@link Optional}, {@link CompletionStage} and single-valued reactive types.
	 * @return the type, or {@code null} if the method tells nothing, or returns many
	 * values
	 */
	public @Nullable Class<?> valueType() {
		if (this.operation == Operation.REMOVE) {
			return null;
		}
		Class<?> valueType = (writesArgument()) ? argumentType() : returnedType();
		return (valueType == null || valueType == Object.class || valueType.isPrimitive() || isMany(valueType)) ? null
				: valueType;
	}

	/**
	 * Return whether what the method returns may be a value of a type.
	 * @param valueType the type of the values
	 * @return {@code false} if no value of it can be what the method reads or writes
	 */
	public boolean canReturn(Class<?> valueType) {
		Class<?> returned = (this.operation == Operation.REMOVE || writesArgument()) ? null : returnedType();
		Class<?> type = (returned != null) ? ClassUtils.resolvePrimitiveIfNecessary(returned) : null;
		return type == null || type.isAssignableFrom(valueType) || valueType.isAssignableFrom(type);
	}

	/**
	 * Return whether the method writes an argument, as it returns nothing.
	 * @return whether the value is an argument
	 */
	public boolean writesArgument() {
		return this.operation == Operation.WRITE && MethodTypes.isVoid(this.method, this.type);
	}

	/**
	 * Return the index of the argument that a method writes which returns nothing: the
	 * only one, or the only one that is a value of the cache.
	 * @param valueType the type of the values, {@code Object} if it is not known
	 * @return the index
	 * @throws InvalidPolicyCacheException if there is no such argument, or several
	 */
	public int findWrittenArgument(Class<?> valueType) {
		return MethodTypes.findWrittenArgument(this.method, this.type, valueType);
	}

	private @Nullable Class<?> argumentType() {
		List<Class<?>> types = IntStream.range(0, this.method.getParameterCount())
			.<Class<?>>mapToObj((index) -> MethodTypes.parameterType(this.method, index, this.type))
			.toList();
		List<Class<?>> complex = types.stream().filter((type) -> !BeanUtils.isSimpleValueType(type)).toList();
		return (types.size() == 1) ? types.get(0) : (complex.size() == 1) ? complex.get(0) : null;
	}

	/**
	 * Return whether the method returns a collection or another type of many values.
	 * @return whether the method returns many values
	 */
	public boolean returnsMany() {
		Class<?> returnedType = returnedType();
		return returnedType != null && isMany(returnedType);
	}

	/**
	 * Return whether the arguments, without an expression, are a key.
	 * @return whether there is exactly one argument
	 */
	public boolean hasSingleArgument() {
		int count = this.method.getParameterCount();
		return (KotlinDetector.isSuspendingFunction(this.method) ? count - 1 : count) == 1;
	}

	/**
	 * Return the name of the method as messages show it.
	 * @return the qualified name
	 */
	public String describe() {
		return ClassUtils.getQualifiedMethodName(this.method, this.type);
	}

	/**
	 * Return the type that the method returns, taken out of what wraps it.
	 * @return the type, {@code null} if it is not known
	 */
	@Nullable Class<?> returnedType() {
		ResolvableType type = ResolvableType.forMethodReturnType(this.method, this.type);
		while (isWrapper(type.toClass()) && type.hasGenerics()) {
			type = type.getGeneric();
		}
		return type.resolve();
	}

	private boolean isWrapper(Class<?> type) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
		return type == Optional.class || CompletionStage.class.isAssignableFrom(type)
				|| (adapter != null && !adapter.isMultiValue());
	}

	private boolean isMany(Class<?> type) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
		return type.isArray() || Iterable.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type)
				|| BaseStream.class.isAssignableFrom(type) || (adapter != null && adapter.isMultiValue());
	}

}
