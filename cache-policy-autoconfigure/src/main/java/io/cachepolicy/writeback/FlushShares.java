package io.cachepolicy.writeback;

/**
 * Shares the time of the flush threads between writes that were never tried and those
 * that failed. Guarded by its monitor.
 */
final class FlushShares {

	private final int mostTroubled;

	/**
	 * How many threads try again what failed.
	 */
	private int troubled;

	/**
	 * How long it was tried again what failed, for which what was never tried has not had
	 * as much yet.
	 */
	private long owed;

	private boolean freshWasLast = true;

	FlushShares(int threads) {
		this.mostTroubled = Math.max(1, threads / 2);
	}

	/**
	 * Return whether what failed may be tried again now.
	 * @param hurry whether there is little time left
	 * @param freshIsDue whether something is due that was never tried
	 * @return whether it is its turn
	 */
	synchronized boolean mayTry(boolean hurry, boolean freshIsDue) {
		if (!freshIsDue) {
			return true;
		}
		return !hurry && this.troubled < this.mostTroubled && this.freshWasLast && this.owed <= 0;
	}

	synchronized void begun(boolean fresh) {
		this.freshWasLast = fresh;
		if (!fresh) {
			this.troubled++;
		}
	}

	synchronized void ended(boolean fresh, long nanos) {
		if (fresh) {
			this.owed = Math.max(0, this.owed - nanos);
		}
		else {
			this.troubled--;
			this.owed = nanos;
		}
	}

}
