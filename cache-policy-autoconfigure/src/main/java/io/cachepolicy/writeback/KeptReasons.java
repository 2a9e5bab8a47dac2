package io.cachepolicy.writeback;

import java.util.HashMap;
import java.util.Map;

import io.cachepolicy.text.FailureShape;

/**
 * The reasons of the dead letters of a cache. Those that failed in the same way share the
 * exception of the first one: ten thousand rows that are refused have one stack trace.
 * Guarded by the monitor of {@link DeadLetters}.
 */
final class KeptReasons {

	private final Map<FailureShape, Shared> byShape = new HashMap<>();

	/**
	 * Share the reason of a letter that is going to be kept.
	 * @param reason the reason
	 * @return the one to keep, to be {@link #release released} with the letter
	 */
	Throwable share(Throwable reason) {
		return this.byShape
			.merge(FailureShape.of(reason), new Shared(reason, 1), (shared, one) -> shared.plus(one.letters()))
			.reason();
	}

	/**
	 * A letter is kept no more.
	 * @param reason its reason, as it was shared
	 */
	void release(Throwable reason) {
		this.byShape.computeIfPresent(FailureShape.of(reason),
				(shape, shared) -> (shared.letters() > 1) ? shared.plus(-1) : null);
	}

	/**
	 * Return how many reasons there are.
	 * @return the number of shapes
	 */
	int size() {
		return this.byShape.size();
	}

	/**
	 * A reason.
	 *
	 * @param reason the reason
	 * @param letters how many letters share it
	 */
	private record Shared(Throwable reason, int letters) {

		Shared plus(int more) {
			return new Shared(this.reason, this.letters + more);
		}

	}

}
