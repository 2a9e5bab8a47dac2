package io.cachepolicy.stress;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Document documents} refer to.
 */
@Entity
public class Folder {

	@Id
	private @Nullable Long id;

	private @Nullable String text;

	protected Folder() {
	}

	public Folder(Long id, @Nullable String text) {
		this.id = id;
		this.text = text;
	}

	public @Nullable Long getId() {
		return this.id;
	}

	public @Nullable String getText() {
		return this.text;
	}

}
