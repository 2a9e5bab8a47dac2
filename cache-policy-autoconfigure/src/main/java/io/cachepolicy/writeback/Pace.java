package io.cachepolicy.writeback;

/**
 * How many rows flushes may hand to the store. Thread-safe.
 */
interface Pace {

	/**
	 * No limit.
	 */
	Pace UNLIMITED = new Pace() {

		@Override
		public long nanosUntil(int rows) {
			return 0;
		}

		@Override
		public int take(int rows) {
			return rows;
		}

		@Override
		public void giveBack(int rows) {
		}

	};

	/**
	 * Return how long to wait for a flush.
	 * @param rows the number of rows that are to be written
	 * @return the nanoseconds until as many of them as make a call worthwhile may be
	 * handed over
	 */
	long nanosUntil(int rows);

	/**
	 * Take the right to hand over rows.
	 * @param rows the most rows
	 * @return how many may be handed over
	 */
	int take(int rows);

	/**
	 * Give back a right that was not used.
	 * @param rows the number of rows, negative if more were handed over than taken
	 */
	void giveBack(int rows);

}
