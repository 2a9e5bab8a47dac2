package io.cachepolicy.jpa.copy;

import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.jspecify.annotations.Nullable;

/**
 * Copies the values of one attribute.
 */
@FunctionalInterface
interface AttributeCopier {

	/**
	 * The copier of immutable values.
	 */
	AttributeCopier SHARED = (value, owner, graph) -> value;

	/**
	 * Copy a value.
	 * @param value the value
	 * @param owner the copy of the entity that owns the value
	 * @param graph the graph to which the value belongs
	 * @return the copy
	 */
	Object copy(Object value, Object owner, Graph graph);

	/**
	 * Copy a value, unless there is none or it was not loaded.
	 * @param value the value
	 * @param owner the copy of the entity that owns the value
	 * @param graph the graph to which the value belongs
	 * @return the copy
	 */
	default @Nullable Object copyIfLoaded(@Nullable Object value, Object owner, Graph graph) {
		if (value == null || value == LazyPropertyInitializer.UNFETCHED_PROPERTY) {
			return value;
		}
		return copy(value, owner, graph);
	}

}
