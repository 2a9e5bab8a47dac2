package io.cachepolicy.writeback;

/**
 * Ends a batch because the store is away. The writes that were not stored are pending
 * again.
 */
@SuppressWarnings("serial")
final class StoreAwayException extends RuntimeException {

	StoreAwayException(Throwable cause) {
		super(null, cause, false, false);
	}

	@Override
	public synchronized Throwable getCause() {
		Throwable cause = super.getCause();
		return (cause != null) ? cause : this;
	}

}
