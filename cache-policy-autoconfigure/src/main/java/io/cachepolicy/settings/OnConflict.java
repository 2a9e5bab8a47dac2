package io.cachepolicy.settings;

/**
 * What becomes of a deferred write whose row was changed by another writer since it was
 * read.
 */
public enum OnConflict {

	/**
	 * It becomes a dead letter at once, for a person to decide.
	 */
	DEAD_LETTER,

	/**
	 * It is dropped, and readers see the row as the other writer left it.
	 */
	STORE_WINS,

	/**
	 * It is written over what the other writer left.
	 */
	CACHE_WINS

}
