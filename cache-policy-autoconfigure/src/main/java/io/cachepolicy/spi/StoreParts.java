package io.cachepolicy.spi;

import java.util.Collection;
import java.util.List;

/**
 * What a store knows of the parts of its values: what a value holds besides its own row,
 * which are other rows, and what tells which rows belong to it. Parts are equal if they
 * stand for the same. A {@link StoreListener} is told of their changes. Thread-safe, and
 * calls no database.
 */
public interface StoreParts {

	/**
	 * Those of a store whose values are one row each.
	 */
	StoreParts NONE = new StoreParts() {

		@Override
		public Collection<Object> of(Object value) {
			return List.of();
		}

		@Override
		public PartName nameOf(Object part) {
			throw new IllegalArgumentException("Not a part of a value");
		}

		@Override
		public void tell(Collection<PartName> names, RowChanges changes) {
		}

	};

	/**
	 * Return the parts of a value.
	 * @param value the value
	 * @return the parts, as far as they are loaded
	 */
	Collection<Object> of(Object value);

	/**
	 * Return how other instances are told of a part.
	 * @param part the part
	 * @return its name, which may stand for others too
	 */
	PartName nameOf(Object part);

	/**
	 * Tell of parts that another instance changed. It may be one of another version of
	 * the application: a name that means nothing here means any row.
	 * @param names the names
	 * @param changes told of all that the names stand for
	 */
	void tell(Collection<PartName> names, RowChanges changes);

	/**
	 * Return of which type the ids are in the names of a kind.
	 * @param kind the kind
	 * @return the type, {@code Object} if it is not known
	 */
	default Class<?> idTypeOf(String kind) {
		return Object.class;
	}

}
