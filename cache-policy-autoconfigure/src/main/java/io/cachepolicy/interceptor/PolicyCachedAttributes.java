package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.PolicyCached.Operation;
import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * The attributes of a method's {@link PolicyCached} annotation, completed by those of its
 * type.
 */
class PolicyCachedAttributes {

	private final Method method;

	private final PolicyCached annotation;

	private final @Nullable PolicyCached defaults;

	PolicyCachedAttributes(Method method, PolicyCached annotation, @Nullable PolicyCached defaults) {
		this.method = method;
		this.annotation = annotation;
		this.defaults = defaults;
	}

	Operation operation() {
		Operation operation = single("operation", PolicyCached::operation);
		return (operation != null) ? operation : Operation.READ;
	}

	@Nullable WritePolicy policy() {
		return single("policy", PolicyCached::policy);
	}

	String cacheName() {
		String name = text(PolicyCached::cache);
		if (name.isEmpty()) {
			throw invalid(this.method, "names no cache", "Set 'cache' on the method, or on its type for all methods.");
		}
		return name;
	}

	String key() {
		return text(PolicyCached::key);
	}

	String condition() {
		return text(PolicyCached::condition);
	}

	String unless() {
		if (operation() != Operation.REMOVE) {
			return text(PolicyCached::unless);
		}
		if (!this.annotation.unless().isBlank()) {
			throw invalid(this.method, "is a REMOVE method with 'unless', which only vetoes reads and writes",
					"Use 'condition' instead.");
		}
		return "";
	}

	List<EvictExpression> evictions() {
		String[] entries = this.annotation.evicts();
		if (entries.length == 0 && this.defaults != null) {
			entries = this.defaults.evicts();
		}
		List<EvictExpression> evictions = new ArrayList<>(entries.length);
		for (String entry : entries) {
			try {
				evictions.add(EvictExpression.parse(entry));
			}
			catch (IllegalArgumentException ex) {
				throw invalid(this.method, "has a malformed 'evicts': " + ex.getMessage(),
						"Write \"pages\" to clear a cache, or \"pages::#result.id\" to evict one key.");
			}
		}
		return List.copyOf(evictions);
	}

	private String text(Function<PolicyCached, String> attribute) {
		String value = attribute.apply(this.annotation);
		if (value.isBlank() && this.defaults != null) {
			value = attribute.apply(this.defaults);
		}
		return value.trim();
	}

	private <T> @Nullable T single(String name, Function<PolicyCached, T[]> attribute) {
		T[] values = attribute.apply(this.annotation);
		if (values.length == 0 && this.defaults != null) {
			values = attribute.apply(this.defaults);
		}
		if (values.length > 1) {
			throw invalid(this.method, "has more than one '%s'".formatted(name), "Keep one of them.");
		}
		return (values.length == 1) ? values[0] : null;
	}

	static String describe(Method method) {
		return ClassUtils.getQualifiedMethodName(method);
	}

	static InvalidPolicyCacheException invalid(Method method, String problem, String action) {
		return new InvalidPolicyCacheException("@PolicyCached method %s %s".formatted(describe(method), problem),
				action);
	}

}
