package io.cachepolicy.autoconfigure;

import java.util.List;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.interceptor.PolicyCachedMethod;
import io.cachepolicy.interceptor.repository.PolicyCachedRepository;
import org.jspecify.annotations.Nullable;

/**
 * A use of a cache by an annotation.
 *
 * @param cacheName the name of the cache
 * @param policy the policy that the annotation sets, {@code null} for that of the cache
 * @param evicts the names of the caches from which it evicts
 * @param origin how messages name what is annotated
 */
record CacheUse(String cacheName, @Nullable WritePolicy policy, List<String> evicts, String origin) {

	static CacheUse of(PolicyCachedMethod method) {
		return new CacheUse(method.cacheName(), method.policy(), method.evicts(),
				"@PolicyCached method " + method.describe());
	}

	static CacheUse of(PolicyCachedRepository repository) {
		return new CacheUse(repository.cacheName(), repository.policy(), List.of(), repository.describe());
	}

}
