package io.cachepolicy.faults;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.OneToMany;
import org.jspecify.annotations.Nullable;

/**
 * What is removed together with the {@link Book books} in it.
 */
@Entity
public class Chest extends Place {

	@OneToMany(mappedBy = "chest", cascade = CascadeType.ALL)
	private List<Book> books = new ArrayList<>();

	protected Chest() {
	}

	Chest(Long id, @Nullable String text) {
		super(id, text);
	}

	public List<Book> getBooks() {
		return this.books;
	}

}
