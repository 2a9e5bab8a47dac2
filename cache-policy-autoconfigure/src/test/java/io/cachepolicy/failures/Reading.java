package io.cachepolicy.failures;

import java.time.Instant;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * An entity whose version is a time.
 */
@Entity
class Reading {

	@Id
	private Long id = 0L;

	@Version
	private @Nullable Instant changed;

	private int measured;

	protected Reading() {
	}

	Reading(long id, int measured) {
		this.id = id;
		this.measured = measured;
	}

	Long getId() {
		return this.id;
	}

	Reading measured(int measured) {
		this.measured = measured;
		return this;
	}

}
