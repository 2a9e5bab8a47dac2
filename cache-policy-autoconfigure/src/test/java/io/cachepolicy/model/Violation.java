package io.cachepolicy.model;

/**
 * What was seen contradicts the model.
 */
@SuppressWarnings("serial")
final class Violation extends AssertionError {

	Violation(String message) {
		super(message);
	}

	Violation(String message, Throwable cause) {
		super(message, cause);
	}

}
