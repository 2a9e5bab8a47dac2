package io.cachepolicy.writeback;

/**
 * What a failure says by itself.
 */
enum FailureKind {

	/**
	 * A row is not acceptable, however many rows the call had.
	 */
	REFUSED,

	/**
	 * A row was changed by someone else: trying again is of no use.
	 */
	CONFLICT,

	/**
	 * The call met another one, as in a deadlock: the rows are to be tried again.
	 */
	BUSY,

	/**
	 * The call took too long: for the number of its rows, or for one of them.
	 */
	TIMEOUT,

	/**
	 * The pool had no connection in time. No row was asked about.
	 */
	UNSERVED,

	/**
	 * There is no connection to be had. No row was asked about.
	 */
	UNREACHABLE,

	/**
	 * The connection broke, or the store lacks something that it needs for any row.
	 */
	RESOURCE,

	/**
	 * The store takes no writes of this kind of rows.
	 */
	UNWRITABLE,

	/**
	 * The store takes no writes at all, or the connection leads to a server that does
	 * not.
	 */
	READ_ONLY,

	/**
	 * Nothing that is known.
	 */
	UNCLEAR;

	/**
	 * Return whether the store found fault with a value.
	 * @return whether it answered, and takes others
	 */
	boolean isOfValue() {
		return this == REFUSED || this == CONFLICT;
	}

	/**
	 * Return whether nothing but other calls can tell that it is a row's fault.
	 * @return whether it is known to be the store's, as a rule
	 */
	boolean isOfStore() {
		return this == RESOURCE || this == UNWRITABLE || this == READ_ONLY;
	}

}
