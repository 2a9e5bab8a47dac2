package io.cachepolicy.writeback;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The way of a claimed write to the store. It ends in one of two ways, whichever comes
 * first: the store is about to commit it, or a writer that can't wait takes it away.
 * Thread-safe.
 */
final class Flight {

	private final AtomicReference<State> state = new AtomicReference<>(State.UNDER_WAY);

	/**
	 * Return whether the store may commit.
	 * @return {@code false} if the write was taken away
	 */
	boolean pass() {
		return this.state.compareAndSet(State.UNDER_WAY, State.COMMITTING) || this.state.get() == State.COMMITTING;
	}

	/**
	 * Take the write away from the store.
	 * @return {@code false} if the store is about to commit it
	 */
	boolean revoke() {
		return this.state.compareAndSet(State.UNDER_WAY, State.REVOKED);
	}

	boolean isRevoked() {
		return this.state.get() == State.REVOKED;
	}

	private enum State {

		UNDER_WAY, COMMITTING, REVOKED

	}

}
