package io.cachepolicy.failures;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * An entity with a version.
 */
@Entity
class Gauge {

	@Id
	private Long id = 0L;

	@Version
	private @Nullable Long version;

	private int measured;

	protected Gauge() {
	}

	Gauge(long id, int measured) {
		this.id = id;
		this.measured = measured;
	}

	Long getId() {
		return this.id;
	}

	int getMeasured() {
		return this.measured;
	}

	void setMeasured(int measured) {
		this.measured = measured;
	}

}
