package io.cachepolicy.interceptor;

import java.util.Collection;
import java.util.function.Predicate;

import io.cachepolicy.PolicyCached.Operation;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.cache.interceptor.CacheOperation;

/**
 * Source of the {@link io.cachepolicy.PolicyCached} operations of some kinds.
 */
@SuppressWarnings("serial")
class PolicyCachedOperationSource extends AnnotationCacheOperationSource {

	private final transient PolicyCacheAnnotationParser parser;

	private final transient Predicate<Operation> kinds;

	PolicyCachedOperationSource(PolicyCacheAnnotationParser parser, Predicate<Operation> kinds) {
		super(parser);
		this.parser = parser;
		this.kinds = kinds;
		setPublicMethodsOnly(false);
	}

	@Override
	protected @Nullable Collection<CacheOperation> determineCacheOperations(CacheOperationProvider provider) {
		Collection<CacheOperation> operations = super.determineCacheOperations(provider);
		return (operations != null && operations.stream().allMatch(this::isOfKind)) ? operations : null;
	}

	private boolean isOfKind(CacheOperation operation) {
		PolicyCachedOperation policyCached = this.parser.find(operation);
		return policyCached != null && this.kinds.test(policyCached.kind());
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

}
