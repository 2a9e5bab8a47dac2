package io.cachepolicy;

import org.jspecify.annotations.Nullable;

/**
 * The {@link DeadLetter#reason() reason} of a write that was still pending when the time
 * to drain its cache was over. The cause is its last failure, if that is known.
 */
@SuppressWarnings("serial")
public class DrainTimeoutException extends RuntimeException {

	/**
	 * Create an exception.
	 * @param message which time was over
	 * @param cause the last failure of the write, if it is known
	 */
	public DrainTimeoutException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
