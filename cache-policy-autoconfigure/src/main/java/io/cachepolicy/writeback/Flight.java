package io.cachepolicy.writeback;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The way of a claimed write to the store. It ends in one of two ways, whichever comes
 * first: the store is about to commit it or it is given up, or a writer that can't wait
 * takes it away. Thread-safe.
 */
final class Flight {

	private final AtomicReference<State> state = new AtomicReference<>(State.UNDER_WAY);

	/**
	 * Let nobody take the write away any more.
	 * @return {@code false} if it was taken away
	 */
	boolean pass() {
		return this.state.compareAndSet(State.UNDER_WAY, State.DECIDED) || this.state.get() == State.DECIDED;
	}

	/**
	 * Take the write away from the store.
	 * @return {@code false} if the store is about to commit it, or it is given up
	 */
	boolean revoke() {
		return this.state.compareAndSet(State.UNDER_WAY, State.REVOKED);
	}

	boolean isRevoked() {
		return this.state.get() == State.REVOKED;
	}

	private enum State {

		UNDER_WAY, DECIDED, REVOKED

	}

}
