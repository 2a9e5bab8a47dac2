package io.cachepolicy.model;

import java.util.Objects;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * A row with a version: it is a conflict if another writer changed it.
 */
@Entity
public class VersionedRow implements Row {

	@Id
	private @Nullable Long id;

	@Version
	private @Nullable Integer version;

	private @Nullable String text;

	protected VersionedRow() {
	}

	public VersionedRow(Long id) {
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
