package io.cachepolicy.faults;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/**
 * What can't be without a {@link Shelf}.
 */
@Entity
public class Volume extends Piece {

	@ManyToOne(fetch = FetchType.LAZY, optional = false)
	private @Nullable Shelf shelf;

	protected Volume() {
	}

	Volume(Long id) {
		super(id);
	}

	public @Nullable Shelf getShelf() {
		return this.shelf;
	}

	@Override
	void place(Place place) {
		this.shelf = (Shelf) place;
	}

}
