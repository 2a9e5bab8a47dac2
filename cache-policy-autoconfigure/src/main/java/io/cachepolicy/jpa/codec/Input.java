package io.cachepolicy.jpa.codec;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A graph that is being read, as those see it that read its parts. What does not fit is
 * an {@link IllegalArgumentException}.
 */
interface Input {

	/**
	 * Read an entity, whose state may follow later.
	 * @return the entity
	 */
	Object reference();

	/**
	 * Return whether there is no value.
	 * @return whether the current token says so
	 */
	boolean isNothing();

	/**
	 * Read a value of one column.
	 * @param type the type that is expected
	 * @return the value, converted if that loses nothing
	 */
	Object scalar(Class<?> type);

	/**
	 * Read a value of one column.
	 * @return the value as it was written, a {@code Long} for any number
	 */
	Object scalarWithType();

	Object required(@Nullable Object value);

	boolean isObject();

	/**
	 * Leave a value out.
	 */
	void skip();

	/**
	 * Read an array.
	 * @param element reads an element, at whose first token the input is
	 */
	void elements(Runnable element);

	/**
	 * Read an array that begins with a mark, so that it is not taken for another one.
	 * @param mark the mark
	 * @param element reads an element, at whose first token the input is
	 */
	void elements(String mark, Runnable element);

	/**
	 * Read an object.
	 * @param field reads the value of a name, at whose first token the input is
	 */
	void fields(Consumer<String> field);

	/**
	 * Fill a collection once all instances are filled.
	 * @param content fills the collection
	 */
	void atLast(Runnable content);

}
