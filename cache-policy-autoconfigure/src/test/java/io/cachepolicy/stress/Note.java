package io.cachepolicy.stress;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/**
 * What is deleted with its {@link Folder}.
 */
@Entity
public class Note {

	@Id
	private @Nullable Long id;

	@ManyToOne(fetch = FetchType.LAZY, optional = false)
	private @Nullable Folder folder;

	private @Nullable String text;

	protected Note() {
	}

	public Note(Long id, Folder folder, String text) {
		this.id = id;
		this.folder = folder;
		this.text = text;
	}

	public @Nullable Long getId() {
		return this.id;
	}

	public @Nullable Folder getFolder() {
		return this.folder;
	}

	public @Nullable String getText() {
		return this.text;
	}

}
