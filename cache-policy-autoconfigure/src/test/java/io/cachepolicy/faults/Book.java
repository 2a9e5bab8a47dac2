package io.cachepolicy.faults;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/**
 * What is removed with its {@link Chest}.
 */
@Entity
public class Book extends Piece {

	@ManyToOne(fetch = FetchType.LAZY, optional = false)
	private @Nullable Chest chest;

	protected Book() {
	}

	Book(Long id) {
		super(id);
	}

	public @Nullable Chest getChest() {
		return this.chest;
	}

	@Override
	void place(Place place) {
		this.chest = (Chest) place;
	}

}
