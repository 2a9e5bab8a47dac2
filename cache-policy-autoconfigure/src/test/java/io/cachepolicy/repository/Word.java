package io.cachepolicy.repository;

import jakarta.persistence.Entity;
import org.jspecify.annotations.Nullable;

/**
 * An entity whose id is a {@code String}.
 */
@Entity
class Word extends Keyed<String> {

	protected Word() {
	}

	Word(@Nullable String id, String content) {
		super(id, content);
	}

}
