package io.cachepolicy.jpa.aggregate;

import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * A part of a graph of entities: a row, or what an association leads to from its owner,
 * which is all that a collection contains. Immutable, and holds no instance of an entity.
 */
public final class Part {

	private final String name;

	private final Object id;

	private final Type type;

	private final int hash;

	/**
	 * Create a part.
	 * @param name the root of the hierarchy of an entity, or the role of an association
	 * @param id the id of the row, or what the rows of the association refer to
	 * @param type the type of the id
	 */
	Part(String name, Object id, Type type) {
		this.name = name;
		this.id = id;
		this.type = type;
		this.hash = 31 * name.hashCode() + type.getHashCode(id);
	}

	/**
	 * Return of what the part is one.
	 * @return the root of the hierarchy of an entity, or the role of an association
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return which one it is.
	 * @return the id of the row, or what the rows of the association refer to
	 */
	public Object id() {
		return this.id;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof Part part && this.hash == part.hash && this.name.equals(part.name)
				&& this.type.isEqual(this.id, part.id));
	}

	@Override
	public int hashCode() {
		return this.hash;
	}

	@Override
	public String toString() {
		return "part of " + this.name;
	}

}
