package io.cachepolicy.sample.demo;

import jakarta.persistence.Entity;

@Entity
public class ThroughReading extends Reading {

	protected ThroughReading() {
	}

	ThroughReading(String sensor, double celsius, long number) {
		super(sensor, celsius, number);
	}

}
