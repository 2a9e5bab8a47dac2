package io.cachepolicy.jpa.codec;

import org.jspecify.annotations.Nullable;

/**
 * A graph that is being written, as those see it that write its parts.
 */
interface Output {

	/**
	 * Write an entity, whose state may follow later.
	 * @param entity the entity, or its proxy
	 */
	void reference(Object entity);

	/**
	 * Write that there is no value.
	 */
	void nothing();

	/**
	 * Write a value of one column.
	 * @param value the value
	 * @throws UnsupportedMappingException if it is none
	 */
	void scalar(@Nullable Object value);

	void startArray();

	void endArray();

	void startObject();

	void endObject();

	void name(String name);

}
