package io.cachepolicy.sample.demo;

import jakarta.persistence.Entity;

@Entity
public class BackReading extends Reading {

	protected BackReading() {
	}

	BackReading(String sensor, double celsius, long number) {
		super(sensor, celsius, number);
	}

}
