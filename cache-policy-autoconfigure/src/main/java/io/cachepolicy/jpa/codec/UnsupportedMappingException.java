package io.cachepolicy.jpa.codec;

/**
 * Thrown when values of an attribute have no form in bytes.
 */
@SuppressWarnings("serial")
class UnsupportedMappingException extends IllegalArgumentException {

	UnsupportedMappingException(String message) {
		super(message);
	}

}
