package io.cachepolicy.history;

import org.jspecify.annotations.Nullable;

/**
 * One read or write of a register, as its thread saw it. Times are tickets of one
 * counter, so that they are a total order.
 *
 * @param thread the thread
 * @param write whether it is a write
 * @param value what was read or written, {@code null} for nothing
 * @param invocation when it began
 * @param response when it ended, {@link #NEVER} if its outcome is not known
 */
record Action(int thread, boolean write, @Nullable String value, long invocation, long response) {

	static final long NEVER = Long.MAX_VALUE;

	static Action read(int thread, @Nullable String value, long invocation, long response) {
		return new Action(thread, false, value, invocation, response);
	}

	static Action write(int thread, @Nullable String value, long invocation, long response) {
		return new Action(thread, true, value, invocation, response);
	}

	/**
	 * Return whether it may have had an effect or not, at any time after it began.
	 */
	boolean isUnknown() {
		return this.response == NEVER;
	}

	@Override
	public String toString() {
		return "%s-%s thread %d %s %s".formatted(this.invocation, (isUnknown()) ? "?" : this.response, this.thread,
				(this.write) ? "writes" : "reads", this.value);
	}

}
