package io.cachepolicy;

/**
 * Thrown by a write of a durable cache that could not be recorded after it was accepted,
 * as when the disk fails. It is pending in memory and will be stored, unless the process
 * dies before. The write may be tried again.
 */
@SuppressWarnings("serial")
public class WriteNotRecordedException extends WriteRefusedException {

	/**
	 * Create an exception.
	 * @param message what failed, and what can be done
	 * @param cause what the log threw
	 */
	public WriteNotRecordedException(String message, Throwable cause) {
		super(message, cause);
	}

}
