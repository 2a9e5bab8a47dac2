package io.cachepolicy.endtoend;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/**
 * A child, whose row refers to that of its {@link Author}.
 */
@Entity
public class Book {

	@Id
	private int id;

	@ManyToOne(fetch = FetchType.LAZY, optional = false)
	private @Nullable Author author;

	protected Book() {
	}

	public Book(int id, Author author) {
		this.id = id;
		this.author = author;
	}

	public int getId() {
		return this.id;
	}

	public @Nullable Author getAuthor() {
		return this.author;
	}

}
