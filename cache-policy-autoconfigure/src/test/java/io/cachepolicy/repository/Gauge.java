package io.cachepolicy.repository;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * A versioned entity with an assigned id.
 */
@Entity
class Gauge {

	@Id
	private Long id = 0L;

	@Version
	private @Nullable Long version;

	@Column(unique = true)
	private String label = "";

	private int reading;

	protected Gauge() {
	}

	Gauge(long id, int reading) {
		this.id = id;
		this.label = "gauge " + id;
		this.reading = reading;
	}

	Long getId() {
		return this.id;
	}

	@Nullable Long getVersion() {
		return this.version;
	}

	String getLabel() {
		return this.label;
	}

	void setLabel(String label) {
		this.label = label;
	}

	int getReading() {
		return this.reading;
	}

	void setReading(int reading) {
		this.reading = reading;
	}

}
