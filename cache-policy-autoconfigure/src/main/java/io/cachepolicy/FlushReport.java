package io.cachepolicy;

/**
 * What became of the writes that a {@link PolicyCache#flush flush} covered: those that
 * were accepted up to the call.
 *
 * @param written how many are in the store
 * @param failed how many became {@link DeadLetter dead letters}
 * @param remaining how many were still pending when the flush ended
 */
public record FlushReport(long written, long failed, long remaining) {

	/**
	 * The report of a flush that found nothing to do.
	 */
	public static final FlushReport EMPTY = new FlushReport(0, 0, 0);

	/**
	 * Return the sums of this report and another one.
	 * @param other the other report
	 * @return the sum
	 */
	public FlushReport plus(FlushReport other) {
		return new FlushReport(this.written + other.written, this.failed + other.failed,
				this.remaining + other.remaining);
	}

}
