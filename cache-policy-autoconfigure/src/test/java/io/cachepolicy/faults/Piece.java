package io.cachepolicy.faults;

import jakarta.persistence.Column;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * What can't be without a {@link Place}. It has a version, and maybe a mark that no other
 * one may have at the same time.
 */
@MappedSuperclass
public abstract class Piece {

	@Id
	private @Nullable Long id;

	@Version
	private @Nullable Long version;

	private @Nullable String text;

	@Column(unique = true)
	private @Nullable String mark;

	Piece() {
		Faults.hitCurrent(Point.COPY);
	}

	Piece(Long id) {
		this.id = id;
	}

	public @Nullable Long getId() {
		return this.id;
	}

	public @Nullable String getText() {
		return this.text;
	}

	abstract void place(Place place);

	void change(Place place, String text) {
		change(place, text, null);
	}

	void change(Place place, String text, @Nullable String mark) {
		place(place);
		this.text = text;
		this.mark = mark;
	}

}
