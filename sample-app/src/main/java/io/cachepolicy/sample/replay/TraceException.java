package io.cachepolicy.sample.replay;

/**
 * Thrown when a trace can't be read; the message says where and why.
 */
@SuppressWarnings("serial")
class TraceException extends RuntimeException {

	TraceException(String message) {
		super(message);
	}

}
