package io.cachepolicy.jpa.copy;

/**
 * A graph of entities that is being copied, as those see it that copy its parts.
 */
interface Graph {

	/**
	 * Return the copy of an entity, whose state may follow later.
	 * @param entity the entity, or any other value, which stands for itself
	 * @return the copy
	 */
	Object reference(Object entity);

	/**
	 * Remember the copy of an entity.
	 * @param entity the entity
	 * @param copy the copy
	 */
	void register(Object entity, Object copy);

	/**
	 * Fill an instance once the calls on the stack have returned.
	 * @param state fills the instance
	 */
	void later(Runnable state);

	/**
	 * Fill a collection once all instances are filled.
	 * @param content fills the collection
	 */
	void atLast(Runnable content);

}
