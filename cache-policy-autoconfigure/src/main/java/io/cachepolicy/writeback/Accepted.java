package io.cachepolicy.writeback;

/**
 * What became of an accepted write.
 *
 * @param kind what became of it
 * @param sequence the sequence number of the pending write that has its value
 */
record Accepted(Kind kind, long sequence) {

	enum Kind {

		/**
		 * The key became pending.
		 */
		QUEUED,

		/**
		 * It waits behind another write of its key.
		 */
		CHAINED,

		/**
		 * It took the place of another write of its key.
		 */
		COALESCED

	}

}
