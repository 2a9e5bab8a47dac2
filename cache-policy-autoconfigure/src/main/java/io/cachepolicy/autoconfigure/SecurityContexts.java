package io.cachepolicy.autoconfigure;

import java.util.Map;

import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.util.ClassUtils;

/**
 * Keeps who wrote. Spring Security changes a {@link SecurityContext} in place when its
 * user logs out, and applications do when another one logs in.
 */
final class SecurityContexts {

	private static final boolean PRESENT = ClassUtils.isPresent(
			"org.springframework.security.core.context.SecurityContextImpl", SecurityContexts.class.getClassLoader());

	private SecurityContexts() {
	}

	/**
	 * Replace security contexts by copies that nobody else changes.
	 * @param values what was captured
	 */
	static void detach(Map<?, ?> values) {
		if (PRESENT) {
			Copier.replace(values);
		}
	}

	/**
	 * Loaded only if there is Spring Security.
	 */
	private static final class Copier {

		@SuppressWarnings("unchecked")
		static void replace(Map<?, ?> values) {
			((Map<Object, Object>) values)
				.replaceAll((key, value) -> (value instanceof SecurityContext context) ? copy(context) : value);
		}

		private static SecurityContext copy(SecurityContext context) {
			SecurityContext copy = new SecurityContextImpl();
			copy.setAuthentication(context.getAuthentication());
			return copy;
		}

	}

}
