package io.cachepolicy.faults;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Volume volumes} stand on. It has no version.
 */
@Entity
public class Shelf {

	@Id
	private @Nullable Long id;

	private @Nullable String text;

	protected Shelf() {
		Faults.hitCurrent(Point.COPY);
	}

	Shelf(Long id, @Nullable String text) {
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
