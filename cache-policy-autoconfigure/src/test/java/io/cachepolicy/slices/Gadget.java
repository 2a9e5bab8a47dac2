package io.cachepolicy.slices;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
class Gadget {

	@Id
	private Long id = 0L;

	private String name = "";

	protected Gadget() {
	}

	Gadget(Long id, String name) {
		this.id = id;
		this.name = name;
	}

	Long getId() {
		return this.id;
	}

	String getName() {
		return this.name;
	}

}
