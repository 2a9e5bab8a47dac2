package io.cachepolicy.writeback;

/**
 * Ends a store call whose writes were taken away by a writer that can't wait.
 */
@SuppressWarnings("serial")
final class RevokedException extends RuntimeException {

	RevokedException() {
		super("A write of the flush is written through meanwhile", null, false, false);
	}

}
