package io.cachepolicy.journal;

/**
 * Thrown when records can't be written or read.
 */
@SuppressWarnings("serial")
class StorageException extends RuntimeException {

	StorageException(String message, Throwable cause) {
		super(message, cause);
	}

}
