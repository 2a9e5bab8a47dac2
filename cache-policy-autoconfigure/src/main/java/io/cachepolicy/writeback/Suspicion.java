package io.cachepolicy.writeback;

import io.cachepolicy.writeback.StoreFailure.Words;

/**
 * What is held against writes that failed in some words, and so against each of them.
 * Guarded by the monitor of {@link Evidence}.
 */
final class Suspicion {

	/**
	 * How often others have to be stored after a failure, until it is certain that the
	 * failure follows a write: once may be the end of an outage.
	 */
	private static final int CERTAIN = 2;

	private final Words words;

	private int corroborations;

	Suspicion(Words words) {
		this.words = words;
	}

	/**
	 * Return what is held against writes that failed once more.
	 * @param met in which words
	 * @return this suspicion, or another one if the words are others
	 */
	Suspicion renewed(Words met) {
		Suspicion renewed = new Suspicion(met);
		if (met.equals(this.words)) {
			renewed.corroborations = this.corroborations;
		}
		return renewed;
	}

	/**
	 * Others were stored by the next call.
	 */
	void corroborate() {
		this.corroborations++;
	}

	/**
	 * Others met the same.
	 */
	void clear() {
		this.corroborations = 0;
	}

	/**
	 * Return whether the failure follows the writes.
	 * @param alone whether there are no others that could be asked
	 * @return whether it is their fault
	 */
	boolean isConfirmed(boolean alone) {
		return this.corroborations >= CERTAIN || (alone && this.corroborations > 0);
	}

}
