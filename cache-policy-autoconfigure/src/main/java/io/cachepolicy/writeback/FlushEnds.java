package io.cachepolicy.writeback;

import io.cachepolicy.writeback.Evidence.Verdict;

/**
 * How many writes that were never tried the next batch has, and from which end they are
 * taken. As a rule these are the oldest, and as many as the settings say.
 * <p>
 * Where one row is at fault, thousands more may be, and each of their first tries may
 * take as long as a timeout. So after such a batch the youngest have every other one, of
 * a single write at first and of twice as many whenever they were stored: what stands
 * behind such rows waits for a call or two, and not for the first tries of all. If the
 * youngest one is at fault too, and nothing was accepted since, they rest for two batches
 * of the oldest, then for four, and so on up to {@value #LONGEST_REST}. Once the oldest
 * are stored again, there is nothing to go around. Guarded by its monitor.
 */
final class FlushEnds {

	private static final int LONGEST_REST = 8;

	private final int most;

	/**
	 * The size of the next batch of the oldest: smaller than the settings say after one
	 * took too long.
	 */
	private int oldest;

	private int youngest;

	private boolean failing;

	/**
	 * How many batches of the oldest the youngest rest for after the next one of theirs
	 * that fails.
	 */
	private int rest;

	/**
	 * How many batches of the oldest come before the next one of the youngest.
	 */
	private int left;

	/**
	 * Up to which write the youngest were taken.
	 */
	private long taken;

	/**
	 * Create the ends of the due writes of a cache.
	 * @param most how many writes a batch has as a rule
	 */
	FlushEnds(int most) {
		this.most = most;
		this.oldest = most;
	}

	/**
	 * Return the most writes of the next batch.
	 * @return the number
	 */
	synchronized int size() {
		return this.oldest;
	}

	/**
	 * Return whether the next batch is to be taken from the youngest, which have had
	 * their turn then.
	 * @param last the number of the write that was accepted last
	 * @return how many to take, 0 for the oldest
	 */
	synchronized int takeYoungest(long last) {
		if (!this.failing) {
			return 0;
		}
		if (this.left > 0) {
			this.left = (last != this.taken) ? 0 : this.left - 1;
			return 0;
		}
		this.left = this.rest;
		this.taken = last;
		return this.youngest;
	}

	/**
	 * Learn from a batch that has ended.
	 * @param ofYoungest whether it was taken from the youngest
	 * @param size how many writes it had
	 * @param report how it went
	 */
	synchronized void ended(boolean ofYoungest, int size, BatchReport report) {
		boolean atFault = isAtFault(report);
		if (ofYoungest) {
			endedOfYoungest(size, atFault);
			return;
		}
		if (report.timedOut()) {
			// A row that is slow alone says nothing of the size
			this.oldest = (size > 1) ? size / 2 : this.most;
		}
		else if (report.stored()) {
			this.oldest = (int) Math.min(this.most, 2L * this.oldest);
		}
		if (atFault && !this.failing) {
			this.youngest = 1;
			this.rest = 1;
			this.left = 0;
		}
		this.failing = atFault || (this.failing && !report.stored());
	}

	private void endedOfYoungest(int size, boolean atFault) {
		if (!atFault) {
			this.youngest = (int) Math.min(this.most, 2L * this.youngest);
			this.rest = 1;
		}
		else if (size == 1) {
			this.rest = Math.min(LONGEST_REST, 2 * this.rest);
		}
		else {
			this.youngest = 1;
		}
		this.left = (atFault && size > 1) ? 0 : this.rest;
	}

	private static boolean isAtFault(BatchReport report) {
		return report.verdict() == Verdict.ROWS || report.verdict() == Verdict.ROWS_UNPROVEN;
	}

}
