package io.cachepolicy.autoconfigure;

import java.util.List;

import io.cachepolicy.InvalidPolicyCacheException;

/**
 * Thrown when there are {@link io.cachepolicy.PolicyCached} methods but nothing that
 * carries them out, so that writes would silently be lost.
 */
@SuppressWarnings("serial")
class PolicyCachedUnusedException extends InvalidPolicyCacheException {

	private static final int SHOWN = 3;

	PolicyCachedUnusedException(List<String> methods, String reason, String action) {
		super("%s %s annotated with @PolicyCached, but %s, so that the annotation would do nothing and writes would be lost"
			.formatted(describe(methods), (methods.size() == 1) ? "is" : "are", reason), action);
	}

	private static String describe(List<String> methods) {
		String shown = String.join(", ", methods.subList(0, Math.min(SHOWN, methods.size())));
		return (methods.size() > SHOWN) ? "%s and %d other methods".formatted(shown, methods.size() - SHOWN) : shown;
	}

}
