package io.cachepolicy.test.application;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

@Entity
class Note {

	@Id
	private String id = "";

	@Column(nullable = false)
	private @Nullable String text;

	protected Note() {
	}

	Note(String id, @Nullable String text) {
		this.id = id;
		this.text = text;
	}

	String getId() {
		return this.id;
	}

	@Nullable String getText() {
		return this.text;
	}

	void setText(String text) {
		this.text = text;
	}

}
