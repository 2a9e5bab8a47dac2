package io.cachepolicy.stress;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Document documents} refer to. It is deleted together with its {@link Note
 * notes}.
 */
@Entity
public class Folder {

	@Id
	private @Nullable Long id;

	private @Nullable String text;

	@OneToMany(mappedBy = "folder", cascade = CascadeType.ALL)
	private List<Note> notes = new ArrayList<>();

	protected Folder() {
	}

	public Folder(Long id, @Nullable String text) {
		this.id = id;
		this.text = text;
	}

	public @Nullable Long getId() {
		return this.id;
	}

	public List<Note> getNotes() {
		return this.notes;
	}

	public @Nullable String getText() {
		return this.text;
	}

}
