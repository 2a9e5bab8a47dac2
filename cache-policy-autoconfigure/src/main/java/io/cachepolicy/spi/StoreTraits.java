package io.cachepolicy.spi;

import org.jspecify.annotations.Nullable;

/**
 * What is to be known of a store. The answers do not change.
 */
public interface StoreTraits {

	/**
	 * Return what the store needs to work, such as a database. Stores with equal
	 * resources are away at the same time.
	 * @return the resource
	 */
	Object resource();

	/**
	 * Return what manages the transactions that the store joins.
	 * @return the transaction manager, {@code null} if it is not known
	 */
	default @Nullable Object transactionManager() {
		return null;
	}

	/**
	 * Return how rows refer to each other.
	 * @return the relations
	 */
	default RowRelations relations() {
		return RowRelations.NONE;
	}

	/**
	 * Return whether values may hold more than their own row.
	 * @return whether {@link StoreParts#of} may yield something
	 */
	default boolean holdsParts() {
		return false;
	}

	/**
	 * Return whether what is stored depends on the thread that writes, as the auditor of
	 * an entity does. Deferred writes of different contexts then don't share a call.
	 * @return whether the writer's context matters
	 */
	default boolean isContextual() {
		return false;
	}

	/**
	 * Return the traits of a store that stands alone.
	 * @param resource what the store needs to work
	 * @return the traits
	 */
	static StoreTraits of(Object resource) {
		return () -> resource;
	}

}
