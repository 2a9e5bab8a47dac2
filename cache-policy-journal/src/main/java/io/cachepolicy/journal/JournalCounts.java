package io.cachepolicy.journal;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the journal counts.
 */
final class JournalCounts {

	/**
	 * Writes that were recovered.
	 */
	final LongAdder recovered = new LongAdder();

	/**
	 * Records that can't be read.
	 */
	final LongAdder unreadable = new LongAdder();

	/**
	 * Writes that were not admitted.
	 */
	final LongAdder refused = new LongAdder();

}
