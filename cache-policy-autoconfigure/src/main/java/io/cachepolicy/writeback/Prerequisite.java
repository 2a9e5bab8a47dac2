package io.cachepolicy.writeback;

/**
 * What a pending write waits for, beyond its time. Used by the flusher that has its turn
 * only.
 */
interface Prerequisite {

	/**
	 * Return whether there is nothing left to wait for.
	 * @return whether the write can go on
	 */
	boolean isMet();

	/**
	 * Return whether a write still is what the prerequisite was made for. A put may take
	 * the place of a delete that waits, and the other way round: then what it has to wait
	 * for is another question.
	 * @param write the write that waits
	 * @return whether the write has to wait for this prerequisite
	 */
	boolean concerns(PendingWrite write);

}
