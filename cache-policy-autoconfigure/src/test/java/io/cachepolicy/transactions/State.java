package io.cachepolicy.transactions;

import io.cachepolicy.WritePolicy;

/**
 * What there is of the existing row in the cache before an operation.
 */
enum State {

	NOT_CACHED("not cached"), CACHED("cached"), PENDING("pending");

	private final String name;

	State(String name) {
		this.name = name;
	}

	boolean isPossible(WritePolicy policy) {
		return this != PENDING || policy == WritePolicy.WRITE_BACK;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
