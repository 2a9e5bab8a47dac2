package io.cachepolicy.settings;

/**
 * How a flush writes a batch of entities.
 */
public enum StoreMode {

	/**
	 * The fastest way that skips nothing that {@code repository.save} would have done,
	 * chosen per entity.
	 */
	AUTO,

	/**
	 * Load the rows by one query, then merge, as {@code repository.saveAll} does.
	 */
	MERGE,

	/**
	 * Hand rows to the database without loading them. Cascades and what a repository adds
	 * to {@code save} are skipped; collections that are loaded are written anew.
	 */
	BULK

}
