package io.cachepolicy.repository;

import jakarta.persistence.Entity;
import org.jspecify.annotations.Nullable;

/**
 * An entity whose id is a {@code Long}.
 */
@Entity
class Drawer extends Keyed<Long> {

	protected Drawer() {
	}

	Drawer(@Nullable Long id, String content) {
		super(id, content);
	}

}
