package io.cachepolicy.faults;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import org.jspecify.annotations.Nullable;

/**
 * Where {@link Piece pieces} are. It has no version.
 */
@MappedSuperclass
public abstract class Place {

	@Id
	private @Nullable Long id;

	private @Nullable String text;

	Place() {
		Faults.hitCurrent(Point.COPY);
	}

	Place(Long id, @Nullable String text) {
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
