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

	private final Class<?> type;

	private final List<PolicyCached> annotations;

	/**
	 * Create attributes.
	 * @param method the method
	 * @param type the class of the bean
	 * @param annotations the annotation of the method, then those of types that say what
	 * it leaves out
	 */
	PolicyCachedAttributes(Method method, Class<?> type, List<PolicyCached> annotations) {
		this.method = method;
		this.type = type;
		this.annotations = annotations;
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
			throw invalid(this.method, this.type, "names no cache",
					"Set 'cache' on the method, or on its type for all methods.");
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
		if (!this.annotations.get(0).unless().isBlank()) {
			throw invalid(this.method, this.type,
					"is a REMOVE method with 'unless', which only vetoes reads and writes", "Use 'condition' instead.");
		}
		return "";
	}

	List<EvictExpression> evictions() {
		String[] entries = this.annotations.stream()
			.map(PolicyCached::evicts)
			.filter((candidate) -> candidate.length > 0)
			.findFirst()
			.orElseGet(() -> new String[0]);
		List<EvictExpression> evictions = new ArrayList<>(entries.length);
		for (String entry : entries) {
			try {
				evictions.add(EvictExpression.parse(entry));
			}
			catch (IllegalArgumentException ex) {
				throw invalid(this.method, this.type, "has a malformed 'evicts': " + ex.getMessage(),
						"Write \"pages\" to clear a cache, or \"pages::#result.id\" to evict one key.");
			}
		}
		return List.copyOf(evictions);
	}

	private String text(Function<PolicyCached, String> attribute) {
		return this.annotations.stream()
			.map(attribute)
			.filter((value) -> !value.isBlank())
			.findFirst()
			.orElse("")
			.trim();
	}

	private <T> @Nullable T single(String name, Function<PolicyCached, T[]> attribute) {
		T[] values = attribute.apply(this.annotations.get(0));
		for (int i = 1; i < this.annotations.size() && values.length == 0; i++) {
			values = attribute.apply(this.annotations.get(i));
		}
		if (values.length > 1) {
			throw invalid(this.method, this.type, "has more than one '%s'".formatted(name), "Keep one of them.");
		}
		return (values.length == 1) ? values[0] : null;
	}

	static String describe(Method method, Class<?> type) {
		return ClassUtils.getQualifiedMethodName(method, type);
	}

	static InvalidPolicyCacheException invalid(Method method, Class<?> type, String problem, String action) {
		return new InvalidPolicyCacheException("@PolicyCached method %s %s".formatted(describe(method, type), problem),
				action);
	}

}
