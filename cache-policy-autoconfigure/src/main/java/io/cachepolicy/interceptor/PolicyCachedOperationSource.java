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
class PolicyCachedOperationSource implements CacheOperationSource {

	private final CacheOperationSource source;

	private final PolicyCacheAnnotationParser parser;

	private final Predicate<Operation> kinds;

	PolicyCachedOperationSource(CacheOperationSource source, PolicyCacheAnnotationParser parser,
			Predicate<Operation> kinds) {
		this.source = source;
		this.parser = parser;
		this.kinds = kinds;
	}

	@Override
	public boolean isCandidateClass(Class<?> targetClass) {
		return this.source.isCandidateClass(targetClass);
	}

	@Override
	public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
		Collection<CacheOperation> operations = this.source.getCacheOperations(method, targetClass);
		return (operations != null && operations.stream().allMatch(this::isOfKind)) ? operations : null;
	}

	private boolean isOfKind(CacheOperation operation) {
		PolicyCachedOperation policyCached = this.parser.find(operation);
		return policyCached != null && this.kinds.test(policyCached.kind());
	}

}
