package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.InvalidPolicyCacheException;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.core.MethodClassKey;

/**
 * The {@link io.cachepolicy.PolicyCached} operations of methods. A method is looked at
 * once for each class of beans that has it: the class may say what the annotation of an
 * inherited method leaves out.
 */
class PolicyCachedOperationSource implements CacheOperationSource {

	private final PolicyCacheAnnotationParser parser;

	private final PolicyCachedProblems problems;

	private final Map<MethodClassKey, Optional<PolicyCachedOperation>> operations = new ConcurrentHashMap<>();

	PolicyCachedOperationSource(PolicyCacheAnnotationParser parser, PolicyCachedProblems problems) {
		this.parser = parser;
		this.problems = problems;
	}

	@Override
	public boolean isCandidateClass(Class<?> targetClass) {
		return this.parser.isCandidateClass(targetClass);
	}

	@Override
	public boolean hasCacheOperations(Method method, @Nullable Class<?> targetClass) {
		return find(method, targetClass).isPresent();
	}

	@Override
	public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
		return find(method, targetClass).<Collection<CacheOperation>>map((found) -> List.of(found.operation()))
			.orElse(null);
	}

	/**
	 * Find the operation of a method.
	 * @param method the method
	 * @param targetClass the class of the bean, if it is known
	 * @return the operation, empty if the method is not annotated
	 */
	Optional<PolicyCachedOperation> find(Method method, @Nullable Class<?> targetClass) {
		if (method.getDeclaringClass() == Object.class) {
			return Optional.empty();
		}
		MethodClassKey key = new MethodClassKey(method, targetClass);
		Optional<PolicyCachedOperation> known = this.operations.get(key);
		if (known == null) {
			known = Optional
				.ofNullable(parse(method, (targetClass != null) ? targetClass : method.getDeclaringClass()));
			this.operations.put(key, known);
		}
		return known;
	}

	private @Nullable PolicyCachedOperation parse(Method method, Class<?> type) {
		try {
			// The methods of a bean that is a proxy itself are those of its interfaces
			Method specific = Proxy.isProxyClass(type) ? method : AopUtils.getMostSpecificMethod(method, type);
			PolicyCachedOperation found = this.parser.parse(specific, type);
			return (found == null && specific != method) ? this.parser.parse(method, type) : found;
		}
		catch (InvalidPolicyCacheException ex) {
			this.problems.add(ex);
			return null;
		}
	}

}
