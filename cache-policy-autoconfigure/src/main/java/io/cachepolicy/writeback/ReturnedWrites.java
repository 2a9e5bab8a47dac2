package io.cachepolicy.writeback;

import java.util.List;

/**
 * Takes writes that wait again, from the threads that flush.
 */
interface ReturnedWrites {

	/**
	 * Writes were given back that were never tried.
	 * @param writes the writes, in their order
	 */
	void untried(List<PendingWrite> writes);

	/**
	 * Writes were given back that failed together.
	 * @param group the writes
	 */
	void suspected(Suspects group);

	/**
	 * A write was given back that failed alone. Its {@link PendingWrite#attempts} tell
	 * when it is to be tried again.
	 * @param write the write
	 */
	void failed(PendingWrite write);

	/**
	 * A write became the oldest of its key.
	 * @param write the write
	 */
	void next(PendingWrite write);

}
