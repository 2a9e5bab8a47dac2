package io.cachepolicy.failures;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * An entity whose id is a text.
 */
@Entity
class Label {

	@Id
	private String id = "";

	private String text = "";

	protected Label() {
	}

	Label(String id, String text) {
		this.id = id;
		this.text = text;
	}

	String getId() {
		return this.id;
	}

	String getText() {
		return this.text;
	}

}
