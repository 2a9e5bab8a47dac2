package io.cachepolicy.interceptor;

import java.util.List;

import io.cachepolicy.PolicyCached.Operation;
import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.interceptor.CacheOperation;

/**
 * A {@link io.cachepolicy.PolicyCached} method: the operation that Spring carries out,
 * and what Spring does not know of.
 *
 * @param operation Spring's operation
 * @param kind what the method does with the cache
 * @param cacheName the name of the cache
 * @param policy the policy of the method, {@code null} for that of the cache
 * @param hasKey whether the method says what its key is
 * @param keyArgument index of the argument that is the key, or -1 if the key is not
 * simply an argument
 * @param unless the SpEL expression that vetoes the caching of a read value, empty if
 * none
 * @param evictions what to evict after the operation
 * @param writesArgument whether the value to write is an argument, as the method returns
 * nothing
 */
record PolicyCachedOperation(CacheOperation operation, Operation kind, String cacheName, @Nullable WritePolicy policy,
		boolean hasKey, int keyArgument, String unless, List<EvictExpression> evictions, boolean writesArgument) {

	/**
	 * Return whether the operation is nothing but a lookup by an argument.
	 * @return whether there is nothing to evaluate and nothing to evict
	 */
	boolean isPlainRead() {
		return this.kind == Operation.READ && this.keyArgument >= 0 && this.operation.getCondition().isEmpty()
				&& this.unless.isEmpty() && this.evictions.isEmpty();
	}

}
