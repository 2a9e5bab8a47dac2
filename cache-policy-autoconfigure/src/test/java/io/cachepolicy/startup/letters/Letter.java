package io.cachepolicy.startup.letters;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
public class Letter {

	@Id
	private Long id = 0L;

	private String label = "";

	protected Letter() {
	}

	public Letter(Long id, String label) {
		this.id = id;
		this.label = label;
	}

	public Long getId() {
		return this.id;
	}

	public String getLabel() {
		return this.label;
	}

}
