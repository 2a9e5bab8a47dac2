package io.cachepolicy.stress;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/**
 * What can't exist without a {@link Folder}.
 */
@Entity
public class Document {

	@Id
	private @Nullable Long id;

	@ManyToOne(fetch = FetchType.LAZY, optional = false)
	private @Nullable Folder folder;

	private @Nullable String text;

	@Column(unique = true)
	private @Nullable String label;

	protected Document() {
	}

	public Document(Long id, Folder folder, String text, @Nullable String label) {
		this.id = id;
		this.folder = folder;
		this.text = text;
		this.label = label;
	}

	public @Nullable Long getId() {
		return this.id;
	}

	public @Nullable Folder getFolder() {
		return this.folder;
	}

	public @Nullable String getLabel() {
		return this.label;
	}

	public @Nullable String getText() {
		return this.text;
	}

}
