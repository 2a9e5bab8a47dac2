package io.cachepolicy.model;

import java.util.Objects;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/**
 * A row without a version: its last writer wins.
 */
@Entity
public class PlainRow implements Row {

	@Id
	private @Nullable Long id;

	private @Nullable String text;

	protected PlainRow() {
	}

	public PlainRow(Long id) {
		this.id = id;
	}

	@Override
	public Long getId() {
		return Objects.requireNonNull(this.id);
	}

	@Override
	public @Nullable String getText() {
		return this.text;
	}

	@Override
	public void setText(String text) {
		this.text = text;
	}

}
