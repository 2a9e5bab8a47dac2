package io.cachepolicy.interceptor;

import java.util.List;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCached.Operation;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.settings.CacheSpec;

/**
 * Tells a manager what the {@link io.cachepolicy.PolicyCached} methods of an application
 * use, and checks that they can work with it.
 */
public final class PolicyCachedDeclarations {

	private PolicyCachedDeclarations() {
	}

	/**
	 * Declare the caches of methods, and the types of their values.
	 * @param methods the methods
	 * @param manager the manager
	 */
	public static void declare(List<PolicyCachedMethod> methods, ConfigurablePolicyCacheManager manager) {
		methods.forEach((method) -> declare(method, manager));
	}

	static void declare(PolicyCachedMethod method, ConfigurablePolicyCacheManager manager) {
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
	 * Check that methods on caches with a store have a key that the store can have.
	 * @param methods the methods
	 * @param manager the manager
	 * @throws InvalidPolicyCacheException if a method can't work
	 */
	public static void validate(List<PolicyCachedMethod> methods, ConfigurablePolicyCacheManager manager) {
		for (PolicyCachedMethod method : methods) {
			if (!method.hasKey()) {
				validateKey(method, hasStore(method, manager));
			}
		}
	}

	private static boolean hasStore(PolicyCachedMethod method, ConfigurablePolicyCacheManager manager) {
		ManagedPolicyCache cache = manager.getCache(method.cacheName());
		return cache != null && cache.findStore() != null;
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
