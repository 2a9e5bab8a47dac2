package io.cachepolicy;

/**
 * How a write to a cache reaches the store behind it.
 */
public enum WritePolicy {

	/**
	 * Store and cache now. The write joins the caller's transaction if there is one, and
	 * fails if the store fails. The cache holds what was stored.
	 */
	WRITE_THROUGH,

	/**
	 * Cache now, store later: writes are coalesced per key and handed to the store in
	 * batches. Also known as write-behind.
	 */
	WRITE_BACK,

	/**
	 * Store now, as with {@link #WRITE_THROUGH}, and drop the entry: it is cached by the
	 * next read only.
	 */
	WRITE_AROUND

}
