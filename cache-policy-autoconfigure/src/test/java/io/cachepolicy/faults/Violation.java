package io.cachepolicy.faults;

import org.jspecify.annotations.Nullable;

/**
 * Something that contradicts what is promised.
 */
class Violation extends AssertionError {

	private static final long serialVersionUID = 1L;

	Violation(String message) {
		this(message, null);
	}

	Violation(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
