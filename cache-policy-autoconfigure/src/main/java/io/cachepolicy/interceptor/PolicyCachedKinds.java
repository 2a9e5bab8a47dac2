package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.function.Predicate;

import io.cachepolicy.PolicyCached.Operation;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;

/**
 * Those {@link io.cachepolicy.PolicyCached} operations of a source that are of some
 * kinds. The source is shared, as it looks at every method of every bean.
 */
class PolicyCachedKinds implements CacheOperationSource {

	private final PolicyCachedOperationSource source;

	private final Predicate<Operation> kinds;

	PolicyCachedKinds(PolicyCachedOperationSource source, Predicate<Operation> kinds) {
		this.source = source;
		this.kinds = kinds;
	}

	@Override
	public boolean isCandidateClass(Class<?> targetClass) {
		return this.source.isCandidateClass(targetClass);
	}

	@Override
	public boolean hasCacheOperations(Method method, @Nullable Class<?> targetClass) {
		return this.source.find(method, targetClass).filter((found) -> this.kinds.test(found.kind())).isPresent();
	}

	@Override
	public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
		return hasCacheOperations(method, targetClass) ? this.source.getCacheOperations(method, targetClass) : null;
	}

}
