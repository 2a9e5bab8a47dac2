package io.cachepolicy.actuate;

import java.util.Locale;

import io.cachepolicy.WritePolicy;

/**
 * Write policies as they are written in properties.
 */
final class PolicyNames {

	private PolicyNames() {
	}

	static String of(WritePolicy policy) {
		return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
