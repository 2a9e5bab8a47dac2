package io.cachepolicy.autoconfigure;

import java.util.Map;

import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestAttributes;

/**
 * Leaves out requests. They are over when a flush runs, and hold much.
 */
final class RequestContexts {

	private static final boolean PRESENT = ClassUtils
		.isPresent("org.springframework.web.context.request.RequestAttributes", RequestContexts.class.getClassLoader());

	private RequestContexts() {
	}

	/**
	 * Take requests out of what was captured.
	 * @param values what was captured
	 */
	static void remove(Map<?, ?> values) {
		if (PRESENT) {
			Remover.remove(values);
		}
	}

	/**
	 * Loaded only if there is Spring Web.
	 */
	private static final class Remover {

		static void remove(Map<?, ?> values) {
			values.values().removeIf(RequestAttributes.class::isInstance);
		}

	}

}
