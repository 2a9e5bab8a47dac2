package io.cachepolicy.writeback;

import java.util.Collection;

/**
 * What a pending write waits for, beyond its time. Used by the flusher that has its turn
 * only, but for {@link #awaited()}, which is thread-safe.
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

	/**
	 * Return writes that have to leave first.
	 * @return the writes, of several that could go on independently maybe only one
	 */
	Collection<PendingWrite> awaited();

}
