package io.cachepolicy.benchmarks.app;

import java.util.Objects;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The caches of the application with this product, which also starts without it.
 */
public final class ShopCaches {

	private ShopCaches() {
	}

	/**
	 * Return a cache.
	 * @param context the context of the application
	 * @param name the name of the cache
	 * @return the cache
	 */
	public static PolicyCache get(ConfigurableApplicationContext context, String name) {
		return Objects.requireNonNull(context.getBean(PolicyCacheManager.class).getCache(name));
	}

}
