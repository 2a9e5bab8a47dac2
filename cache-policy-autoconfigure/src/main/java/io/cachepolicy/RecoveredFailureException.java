package io.cachepolicy;

/**
 * The reason of a dead letter that an earlier process left: it tells what that process
 * knew of the failure, or why nobody knows what became of the write. It has no stack
 * trace, as it was not thrown.
 */
@SuppressWarnings("serial")
public class RecoveredFailureException extends RuntimeException {

	/**
	 * Create an exception.
	 * @param message what is known
	 */
	public RecoveredFailureException(String message) {
		super(message, null, false, false);
	}

}
