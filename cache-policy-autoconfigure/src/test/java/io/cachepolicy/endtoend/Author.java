package io.cachepolicy.endtoend;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * A parent of {@link Book books}.
 */
@Entity
public class Author {

	@Id
	private int id;

	protected Author() {
	}

	public Author(int id) {
		this.id = id;
	}

	public int getId() {
		return this.id;
	}

}
