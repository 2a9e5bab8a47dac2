package io.cachepolicy.startup.shelves;

import jakarta.persistence.Entity;

@Entity
public class Leaflet extends Item {

	protected Leaflet() {
	}

	public Leaflet(Long id, String label) {
		super(id, label);
	}

}
