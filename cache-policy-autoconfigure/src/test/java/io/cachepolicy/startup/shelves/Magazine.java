package io.cachepolicy.startup.shelves;

import jakarta.persistence.Entity;

@Entity
public class Magazine extends Item {

	protected Magazine() {
	}

	public Magazine(Long id, String label) {
		super(id, label);
	}

}
