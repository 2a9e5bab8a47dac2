package io.cachepolicy.failures;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/**
 * An entity without a version, with a unique value and one that must not be negative.
 */
@Entity
class Sensor {

	@Id
	private Long id = 0L;

	@Column(unique = true)
	private @Nullable String name;

	@Column(check = @jakarta.persistence.CheckConstraint(constraint = "measured >= 0"))
	private int measured;

	protected Sensor() {
	}

	Sensor(long id, int measured) {
		this(id, measured, null);
	}

	Sensor(long id, int measured, @Nullable String name) {
		this.id = id;
		this.measured = measured;
		this.name = name;
	}

	Long getId() {
		return this.id;
	}

	int getMeasured() {
		return this.measured;
	}

	@Nullable String getName() {
		return this.name;
	}

}
