package io.cachepolicy.sample.demo;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;

/**
 * The latest reading of a sensor. There is a table per write policy, so that the same
 * writes can be watched under each of them.
 */
@MappedSuperclass
public abstract class Reading {

	@Id
	private String sensor;

	private double celsius;

	// Differs from write to write: no write is without an effect on its row
	private long number;

	protected Reading() {
	}

	Reading(String sensor, double celsius, long number) {
		this.sensor = sensor;
		this.celsius = celsius;
		this.number = number;
	}

	public String getSensor() {
		return this.sensor;
	}

	public double getCelsius() {
		return this.celsius;
	}

	public long getNumber() {
		return this.number;
	}

}
