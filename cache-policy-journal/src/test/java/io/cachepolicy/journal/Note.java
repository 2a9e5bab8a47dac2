package io.cachepolicy.journal;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * An entity.
 */
@Entity
class Note {

	@Id
	private long id;

	long getId() {
		return this.id;
	}

}
