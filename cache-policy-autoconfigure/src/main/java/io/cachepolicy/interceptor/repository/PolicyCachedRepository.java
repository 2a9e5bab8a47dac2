package io.cachepolicy.interceptor.repository;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.CacheSpec;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.data.repository.core.support.AbstractRepositoryMetadata;
import org.springframework.util.ClassUtils;

/**
 * A Spring Data repository whose interface is annotated with {@link PolicyCached}.
 *
 * @param type the interface
 * @param entity the entity of the repository
 * @param cacheName the name of the cache
 * @param policy the policy of the repository, {@code null} for that of the cache
 */
public record PolicyCachedRepository(Class<?> type, Class<?> entity, String cacheName, @Nullable WritePolicy policy) {

	/**
	 * Look at the annotation of a repository.
	 * @param type the interface
	 * @return the repository, {@code null} if it is not annotated
	 * @throws InvalidPolicyCacheException if the annotation can't work
	 */
	public static @Nullable PolicyCachedRepository find(Class<?> type) {
		PolicyCached annotation = MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY)
			.get(PolicyCached.class)
			.synthesize(MergedAnnotation::isPresent)
			.orElse(null);
		return (annotation != null) ? create(type, annotation) : null;
	}

	private static PolicyCachedRepository create(Class<?> type, PolicyCached annotation) {
		String cacheName = annotation.cache().trim();
		if (cacheName.isEmpty()) {
			throw invalid(type, "names no cache", "Set 'cache' to the name of a cache.");
		}
		List<String> senseless = findSenseless(annotation);
		if (!senseless.isEmpty()) {
			throw invalid(type,
					"sets %s, which the methods of a repository have no use for"
						.formatted(String.join(", ", senseless)),
					"Remove it: the key is the id of the entity, and the name of a method says what it does. What a write clears is set by '%s.invalidates'."
						.formatted(CacheSpec.propertiesOf(cacheName)));
		}
		WritePolicy[] policies = annotation.policy();
		if (policies.length > 1) {
			throw invalid(type, "has more than one 'policy'", "Keep one of them.");
		}
		checkInherited(type, policies.length > 0);
		return new PolicyCachedRepository(type, AbstractRepositoryMetadata.getMetadata(type).getDomainType(), cacheName,
				(policies.length == 1) ? policies[0] : null);
	}

	private static List<String> findSenseless(PolicyCached annotation) {
		List<String> senseless = new ArrayList<>();
		if (annotation.operation().length > 0) {
			senseless.add("'operation'");
		}
		if (!annotation.key().isBlank()) {
			senseless.add("'key'");
		}
		if (!annotation.condition().isBlank()) {
			senseless.add("'condition'");
		}
		if (!annotation.unless().isBlank()) {
			senseless.add("'unless'");
		}
		if (annotation.evicts().length > 0) {
			senseless.add("'evicts'");
		}
		return senseless;
	}

	/**
	 * Check that annotated methods which the repository inherits are complete: when they
	 * are called, nobody can tell any more which repository it was.
	 * @param type the interface
	 * @param hasPolicy whether its annotation has a policy
	 */
	private static void checkInherited(Class<?> type, boolean hasPolicy) {
		for (Method method : type.getMethods()) {
			PolicyCached annotation = (method.getDeclaringClass() != type && !method.isBridge())
					? AnnotatedElementUtils.findMergedAnnotation(method, PolicyCached.class) : null;
			if (annotation == null) {
				continue;
			}
			PolicyCached base = AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(),
					PolicyCached.class);
			boolean named = !annotation.cache().isBlank() || (base != null && !base.cache().isBlank());
			boolean decided = !hasPolicy || annotation.policy().length > 0
					|| (base != null && base.policy().length > 0);
			if (!named || !decided) {
				throw invalid(type,
						"can't set the '%s' of the annotated method %s, which it inherits"
							.formatted(named ? "policy" : "cache", ClassUtils.getQualifiedMethodName(method)),
						"Declare the method again in the repository, or remove the annotation of the method.");
			}
		}
	}

	private static InvalidPolicyCacheException invalid(Class<?> type, String problem, String action) {
		return new InvalidPolicyCacheException("@PolicyCached repository %s %s".formatted(type.getName(), problem),
				action);
	}

	/**
	 * Return how messages name the repository.
	 * @return the annotation and the interface
	 */
	public String describe() {
		return "@PolicyCached repository " + this.type.getName();
	}

}
