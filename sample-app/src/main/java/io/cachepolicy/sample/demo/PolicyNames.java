package io.cachepolicy.sample.demo;

import java.util.Locale;

import io.cachepolicy.PolicyCache;

final class PolicyNames {

	private PolicyNames() {
	}

	// As it is written in properties
	static String of(PolicyCache cache) {
		return cache.getPolicy().name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
