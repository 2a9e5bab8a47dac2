package io.cachepolicy;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a cache, or a method that uses one, is set up in a way that can't work.
 */
@SuppressWarnings("serial")
public class InvalidPolicyCacheException extends RuntimeException {

	private final String action;

	/**
	 * Create an exception.
	 * @param description what is wrong, naming the property or the method
	 * @param action what can be done about it
	 */
	public InvalidPolicyCacheException(String description, String action) {
		this(description, action, null);
	}

	/**
	 * Create an exception.
	 * @param description what is wrong, naming the property or the method
	 * @param action what can be done about it
	 * @param cause the cause, if any
	 */
	public InvalidPolicyCacheException(String description, String action, @Nullable Throwable cause) {
		super(description, cause);
		this.action = action;
	}

	/**
	 * Return what can be done about it.
	 * @return the way out
	 */
	public String getAction() {
		return this.action;
	}

}
