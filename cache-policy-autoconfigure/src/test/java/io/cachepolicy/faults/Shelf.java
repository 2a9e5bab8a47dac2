package io.cachepolicy.faults;

import jakarta.persistence.Entity;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Volume volumes} stand on.
 */
@Entity
public class Shelf extends Place {

	protected Shelf() {
	}

	Shelf(Long id, @Nullable String text) {
		super(id, text);
	}

}
