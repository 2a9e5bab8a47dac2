package io.cachepolicy.interceptor;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.CacheResolver;

/**
 * Resolves the caches of {@link io.cachepolicy.PolicyCached} methods with the
 * {@link PolicyCacheManager}, which is asked for on first use only.
 */
class PolicyCacheResolver implements CacheResolver {

	private final Supplier<? extends PolicyCacheManager> manager;

	private final PolicyCacheAnnotationParser parser;

	private final Set<CacheOperation> declared = ConcurrentHashMap.newKeySet();

	private volatile @Nullable PolicyCacheManager known;

	PolicyCacheResolver(Supplier<? extends PolicyCacheManager> manager, PolicyCacheAnnotationParser parser) {
		this.manager = manager;
		this.parser = parser;
	}

	@Override
	public Collection<? extends Cache> resolveCaches(CacheOperationInvocationContext<?> context) {
		CacheOperation operation = (CacheOperation) context.getOperation();
		if (!this.declared.contains(operation)) {
			declare(operation, context);
		}
		return List.of(getCache(operation.getCacheNames().iterator().next()));
	}

	// A cache that is used before all methods were declared must not miss its store
	private void declare(CacheOperation operation, CacheOperationInvocationContext<?> context) {
		PolicyCachedOperation policyCached = this.parser.find(operation);
		if (policyCached != null && manager() instanceof ConfigurablePolicyCacheManager configurable) {
			Class<?> type = AopProxyUtils.ultimateTargetClass(context.getTarget());
			PolicyCachedDeclarations.declare(PolicyCachedMethod.of(type, context.getMethod(), policyCached),
					configurable);
		}
		this.declared.add(operation);
	}

	// No lock is held, as the manager may have to be created
	private PolicyCacheManager manager() {
		PolicyCacheManager manager = this.known;
		if (manager == null) {
			manager = this.manager.get();
			this.known = manager;
		}
		return manager;
	}

	/**
	 * Return a cache.
	 * @param name the name of the cache
	 * @return the cache
	 * @throws InvalidPolicyCacheException if there is no cache of that name
	 */
	Cache getCache(String name) {
		Cache cache = manager().getCache(name);
		if (cache == null) {
			throw new InvalidPolicyCacheException("There is no cache '%s'".formatted(name),
					"Correct the name, or add it to 'spring.cache.cache-names'.");
		}
		return cache;
	}

}
