package io.cachepolicy.spi;

/**
 * How a store is written: when, in which transaction, and what counts as a conflict.
 */
public enum WriteMode {

	/**
	 * The caller waits: in the caller's transaction if there is one, else in an own one,
	 * and sent to the store before the call returns. A version that only flushes have
	 * outdated since the last write of this mode is no conflict.
	 */
	NOW,

	/**
	 * As {@link #NOW} in a transaction of the caller, which sends the values to the store
	 * when it likes: at its commit, at the latest. What the caller does to them until
	 * then is stored with them.
	 */
	JOINED,

	/**
	 * As {@link #NOW}, for values that were to be deferred and found no room. A version
	 * that only flushes have outdated is no conflict, and what this call outdates is none
	 * for later flushes.
	 */
	NOW_FOR_DEFERRED,

	/**
	 * As {@link #NOW}, for values whose rows were to be removed before by a deferred
	 * write that the store does not have, or were replaced before by the transaction that
	 * replaces them now. Whatever the rows hold is no conflict.
	 */
	NOW_OVER_REMOVED,

	/**
	 * A batch of deferred writes, in a transaction and a persistence context of its own.
	 * The values are left as they are. A version that only flushes have outdated is no
	 * conflict.
	 */
	FLUSH,

	/**
	 * As {@link #FLUSH}, for one value that is written over what the row holds, whoever
	 * wrote it. Later flushes of instances from before are no conflicts.
	 */
	FLUSH_OVER

}
