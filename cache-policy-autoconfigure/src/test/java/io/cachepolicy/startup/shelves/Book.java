package io.cachepolicy.startup.shelves;

import jakarta.persistence.Entity;

@Entity
public class Book extends Item {

	protected Book() {
	}

	public Book(Long id, String label) {
		super(id, label);
	}

}
