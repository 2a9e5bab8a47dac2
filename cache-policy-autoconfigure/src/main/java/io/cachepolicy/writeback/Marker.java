package io.cachepolicy.writeback;

/**
 * A position in the queue of {@link WriteChains}: what stands before it is due, whatever
 * its age.
 */
final class Marker implements Queued {

	private volatile boolean passed;

	boolean isPassed() {
		return this.passed;
	}

	void pass() {
		this.passed = true;
	}

}
