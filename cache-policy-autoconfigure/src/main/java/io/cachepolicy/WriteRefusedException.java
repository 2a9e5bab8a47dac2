package io.cachepolicy;

import org.springframework.dao.TransientDataAccessException;

/**
 * Thrown by a write that was not accepted, because there was no room under
 * {@code max-pending} in time or because a write of the same key is still on its way to
 * the store. Cache and store are as they were; the write may be tried again.
 */
@SuppressWarnings("serial")
public class WriteRefusedException extends TransientDataAccessException {

	/**
	 * Create an exception.
	 * @param message why the write was refused, and what can be done
	 */
	public WriteRefusedException(String message) {
		super(message);
	}

	/**
	 * Create an exception.
	 * @param message why the write was refused, and what can be done
	 * @param cause what was behind it
	 */
	protected WriteRefusedException(String message, Throwable cause) {
		super(message, cause);
	}

}
