package io.cachepolicy.jpa.aggregate;

import org.jspecify.annotations.Nullable;

/**
 * A walk through a graph of entities, as those see it that lead it on.
 */
interface Walk {

	/**
	 * Note a loaded instance.
	 * @param reference the instance, or a proxy of it
	 */
	void instance(Object reference);

	/**
	 * Note what an association leads to.
	 * @param role the role of the association
	 * @param owner the instance that has it
	 * @param property the attribute to which the rows refer, {@code null} for the id
	 */
	void role(String role, Object owner, @Nullable String property);

}
