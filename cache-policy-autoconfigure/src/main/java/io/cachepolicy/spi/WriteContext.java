package io.cachepolicy.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a deferred write needs of the thread that wrote: for example who is the auditor of
 * the entity, the log context or the trace.
 * <p>
 * Equal contexts store the same: writes with equal contexts may share a call of the
 * store, in the context of one of them. A context is used by one thread at a time.
 */
public interface WriteContext {

	/**
	 * Runs the action, and nothing else.
	 */
	WriteContext NOTHING = Runnable::run;

	/**
	 * Run an action in this context: what was captured is restored before, and what was
	 * there is back afterwards. May be called any number of times, as a flush that failed
	 * is tried again.
	 * @param action the action, run exactly once in the calling thread unless this method
	 * throws an exception of its own; what it throws is thrown on
	 */
	void run(Runnable action);

	/**
	 * Return whether the context may be run by any thread, as it leaves nothing behind
	 * and takes nothing away.
	 * @return {@code false} if it is for threads that have no context of their own
	 */
	default boolean isNestable() {
		return false;
	}

	/**
	 * Return the span in which the write was made.
	 * @return the span, or {@code null} if none is known
	 */
	default @Nullable SpanReference span() {
		return null;
	}

}
