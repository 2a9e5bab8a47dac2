package io.cachepolicy.writeback;

/**
 * Claims writes for a batch. Used by the flusher that has its turn.
 */
interface Claimer {

	/**
	 * Return whether more writes are wanted.
	 * @return {@code false} if the batch is full
	 */
	boolean hasRoom();

	/**
	 * Return how many writes were claimed.
	 * @return the number
	 */
	int size();

	/**
	 * Take a write into the batch, if it is waiting and can be stored.
	 * @param write the write
	 */
	void claim(PendingWrite write);

	/**
	 * Take a write whose prerequisite is met.
	 * @param write the write
	 * @param met the prerequisite
	 */
	void claimUnblocked(PendingWrite write, Prerequisite met);

}
