package io.cachepolicy.faults;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * What can't be without a {@link Shelf}. It has a version.
 */
@Entity
public class Volume {

	@Id
	private @Nullable Long id;

	@Version
	private @Nullable Long version;

	@ManyToOne(fetch = FetchType.LAZY, optional = false)
	private @Nullable Shelf shelf;

	private @Nullable String text;

	protected Volume() {
		Faults.hitCurrent(Point.COPY);
	}

	Volume(Long id) {
		this.id = id;
	}

	public @Nullable Long getId() {
		return this.id;
	}

	public @Nullable Shelf getShelf() {
		return this.shelf;
	}

	public @Nullable String getText() {
		return this.text;
	}

	void change(Shelf shelf, String text) {
		this.shelf = shelf;
		this.text = text;
	}

}
