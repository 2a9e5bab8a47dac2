package io.cachepolicy.startup.shelves;

import jakarta.persistence.Entity;

@Entity
public class Chart extends Item {

	protected Chart() {
	}

	public Chart(Long id, String label) {
		super(id, label);
	}

}
