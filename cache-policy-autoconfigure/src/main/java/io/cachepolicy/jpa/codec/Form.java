package io.cachepolicy.jpa.codec;

import org.jspecify.annotations.Nullable;

/**
 * How the values of one mapped type are written and read. Implementations are
 * thread-safe.
 */
interface Form {

	/**
	 * Write a value.
	 * @param value the value
	 * @param output takes it
	 */
	void write(Object value, Output output);

	/**
	 * Read a value, of which the first token is the current one.
	 * @param input yields it
	 * @param owner the entity that is going to have the value
	 * @return the value
	 */
	Object read(Input input, Object owner);

	/**
	 * Write a value, if there is one.
	 * @param output takes it
	 * @param value the value
	 * @param form how it is written
	 */
	static void write(Output output, @Nullable Object value, Form form) {
		if (value == null) {
			output.nothing();
		}
		else {
			form.write(value, output);
		}
	}

	/**
	 * Read a value, if there is one.
	 * @param input yields it
	 * @param form how it was written
	 * @param owner the entity that is going to have it
	 * @return the value
	 */
	static @Nullable Object read(Input input, Form form, Object owner) {
		return (input.isNothing()) ? null : form.read(input, owner);
	}

	/**
	 * Read the value of an attribute, which is named if it can't be read.
	 * @param input yields it
	 * @param name the name of the attribute
	 * @param form how its values are written
	 * @param owner the entity
	 * @return the value
	 */
	static @Nullable Object readAttribute(Input input, String name, Form form, Object owner) {
		try {
			return read(input, form, owner);
		}
		catch (IllegalArgumentException | ClassCastException | IndexOutOfBoundsException ex) {
			throw new IllegalArgumentException(
					"Attribute '%s' of %s can't be read".formatted(name, owner.getClass().getName()), ex);
		}
	}

}
