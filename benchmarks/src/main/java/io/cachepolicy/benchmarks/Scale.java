package io.cachepolicy.benchmarks;

/**
 * How much is measured.
 */
public enum Scale {

	/**
	 * As much as results need.
	 */
	FULL,

	/**
	 * As little as shows that everything works. The results mean nothing.
	 */
	SMOKE;

	/**
	 * Return one of two amounts.
	 * @param full the amount of a full run
	 * @param smoke the amount of a smoke test
	 * @return the amount of this scale
	 */
	public int of(int full, int smoke) {
		return (this == FULL) ? full : smoke;
	}

}
