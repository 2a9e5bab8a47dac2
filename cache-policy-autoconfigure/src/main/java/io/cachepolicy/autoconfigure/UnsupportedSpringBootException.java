package io.cachepolicy.autoconfigure;

import java.io.Serial;

/**
 * Thrown when the application runs on a Spring Boot that is too old.
 */
class UnsupportedSpringBootException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	UnsupportedSpringBootException(String version) {
		super("The Cache Policy starter does not run on Spring Boot " + version);
	}

}
