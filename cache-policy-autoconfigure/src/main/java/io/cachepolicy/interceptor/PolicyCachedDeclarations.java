package io.cachepolicy.interceptor;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCached.Operation;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.settings.CacheSpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells a manager what the {@link io.cachepolicy.PolicyCached} methods of an application
 * use, and checks that they can work with it.
 */
public final class PolicyCachedDeclarations {

	private PolicyCachedDeclarations() {
	}

	/**
	 * Declare the cache of a method, and the type of its values.
	 * @param method the method
	 * @param manager the manager
	 */
	public static void declare(PolicyCachedMethod method, ConfigurablePolicyCacheManager manager) {
		manager.declare(method.cacheName(), origin(method));
		Class<?> valueType = method.valueType();
		if (valueType != null) {
			manager.infer(method.cacheName(), valueType, method.describe());
		}
		method.evicts().forEach((name) -> manager.declare(name, origin(method)));
	}

	private static String origin(PolicyCachedMethod method) {
		return "@PolicyCached method " + method.describe();
	}

	/**
	 * Check that a method on a cache with a store has a key that the store can have.
	 * @param method the method
	 * @param manager the manager
	 * @throws InvalidPolicyCacheException if the method can't work
	 */
	public static void validate(PolicyCachedMethod method, ConfigurablePolicyCacheManager manager) {
		Class<?> valueType = findValueType(method, manager);
		if (method.writesArgument()) {
			method.findWrittenArgument((valueType != null) ? valueType : Object.class);
		}
		if (!method.hasKey()) {
			validateKey(method, valueType != null);
		}
		validateType(method, origin(method), valueType);
	}

	/**
	 * Check that a method with one of Spring's own annotations can return what its cache
	 * holds.
	 * @param method the method
	 * @param manager the manager
	 * @throws InvalidPolicyCacheException if it can't
	 */
	public static void validateOther(PolicyCachedMethod method, ConfigurablePolicyCacheManager manager) {
		validateType(method, "The method " + method.describe(), findValueType(method, manager));
	}

	/**
	 * Check that a method which reads by {@code CacheResult} uses a cache without a
	 * store.
	 * @param method the method
	 * @param manager the manager
	 * @throws InvalidPolicyCacheException if what it reads would be written to a store
	 */
	public static void validateJCacheRead(PolicyCachedMethod method, ConfigurablePolicyCacheManager manager) {
		if (findValueType(method, manager) != null) {
			throw new InvalidPolicyCacheException(
					"The @CacheResult method %s would write what it reads to the store of the cache '%s'"
						.formatted(method.describe(), method.cacheName()),
					"Use @PolicyCached or Spring's @Cacheable instead.");
		}
	}

	private static void validateType(PolicyCachedMethod method, String origin, @Nullable Class<?> valueType) {
		if (valueType != null && !method.canReturn(valueType)) {
			throw new InvalidPolicyCacheException("%s can't return what the cache '%s' holds: %s".formatted(origin,
					method.cacheName(), valueType.getName()), "Use a cache of its own for what the method returns.");
		}
	}

	private static @Nullable Class<?> findValueType(PolicyCachedMethod method, ConfigurablePolicyCacheManager manager) {
		ManagedPolicyCache cache = manager.getCache(method.cacheName());
		return (cache != null) ? cache.findValueType() : null;
	}

	private static void validateKey(PolicyCachedMethod method, boolean store) {
		if (method.operation() == Operation.WRITE) {
			validateKeyOfValue(method, store);
		}
		else if (store && !method.hasSingleArgument()) {
			throw new InvalidPolicyCacheException(
					"%s has %d parameters and no 'key', so that the id in cache '%s' is unknown"
						.formatted(origin(method), method.method().getParameterCount(), method.cacheName()),
					"Set 'key' to the SpEL expression of the id, as in key = \"#id\".");
		}
	}

	private static void validateKeyOfValue(PolicyCachedMethod method, boolean store) {
		if (!store) {
			throw new InvalidPolicyCacheException(
					"%s has no 'key', and the cache '%s' has no store that could tell the id of a value"
						.formatted(origin(method), method.cacheName()),
					"Set 'key' to a SpEL expression, or name the store with '%s.entity', '.repository' or '.store'."
						.formatted(CacheSpec.propertiesOf(method.cacheName())));
		}
		if (method.returnsMany()) {
			throw new InvalidPolicyCacheException(
					"%s writes many values to cache '%s' at once".formatted(origin(method), method.cacheName()),
					"Return one value, or call PolicyCache.putAll.");
		}
	}

}
