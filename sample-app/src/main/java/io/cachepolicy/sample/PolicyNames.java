package io.cachepolicy.sample;

import java.util.Locale;

import io.cachepolicy.PolicyCache;

/**
 * Write policies as they are written in properties.
 */
public final class PolicyNames {

	private PolicyNames() {
	}

	/**
	 * Return the policy of a cache.
	 * @param cache the cache
	 * @return its policy
	 */
	public static String of(PolicyCache cache) {
		return cache.getPolicy().name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
