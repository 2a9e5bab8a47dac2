package io.cachepolicy.writeback;

import java.util.Collection;

import org.jspecify.annotations.Nullable;

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
	 * Return what is in the way now: the prerequisite is not met before it is gone.
	 * @return one of maybe several obstacles, {@code null} if there is none
	 */
	@Nullable Obstacle obstacle();

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

	/**
	 * What is in the way of writes. Those that are equal are gone at the same time.
	 */
	@FunctionalInterface
	interface Obstacle {

		/**
		 * Return whether nothing has to be waited for here any more.
		 * @return whether it is gone
		 */
		boolean isGone();

	}

}
