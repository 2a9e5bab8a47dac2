package io.cachepolicy.settings;

/**
 * What a write-back write meets when the limit of pending writes is reached.
 */
public enum Overflow {

	/**
	 * The writer waits for room, for a limited time.
	 */
	BLOCK,

	/**
	 * The value is written through.
	 */
	WRITE_THROUGH,

	/**
	 * The write is refused at once.
	 */
	REJECT

}
