package io.cachepolicy.spi;

import java.util.Collection;
import java.util.List;

/**
 * How the rows of a store refer to those of others, by foreign keys. Flushes follow it:
 * what is referred to is stored first and deleted last.
 */
public interface RowRelations {

	/**
	 * Rows of which no relation is known.
	 */
	RowRelations NONE = new RowRelations() {

		@Override
		public Object rows() {
			return this;
		}

		@Override
		public int rank() {
			return 0;
		}

		@Override
		public boolean refersTo(RowRelations other) {
			return false;
		}

		@Override
		public Collection<RowReference> references(Object value) {
			return List.of();
		}

	};

	/**
	 * Return what kind of rows these are. Stores of the same rows return equal objects.
	 * @return the kind of row
	 */
	Object rows();

	/**
	 * Return the place in the order of inserts. A row refers only to rows of a lower
	 * rank, and to those of the same rank where kinds of rows refer to each other in a
	 * circle.
	 * @return the rank, from 0
	 */
	int rank();

	/**
	 * Return whether rows of these relations may refer to the others, directly or by way
	 * of further rows.
	 * @param other the others
	 * @return whether the others are to be deleted later than these
	 */
	boolean refersTo(RowRelations other);

	/**
	 * Return whether other rows may be written together with one of these, by a cascade.
	 * @param other the others
	 * @return whether a value of these relations may hold what is written to the others
	 */
	default boolean writes(RowRelations other) {
		return false;
	}

	/**
	 * Return the rows that have to exist before a value is stored.
	 * @param value the value
	 * @return the rows to which the value refers, as far as that is loaded
	 */
	Collection<RowReference> references(Object value);

}
