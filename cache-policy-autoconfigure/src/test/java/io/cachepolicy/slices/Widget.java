package io.cachepolicy.slices;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
class Widget {

	@Id
	private Long id = 0L;

	private String name = "";

	protected Widget() {
	}

	Widget(Long id, String name) {
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
