package io.cachepolicy.sample.demo;

import jakarta.persistence.Entity;

@Entity
public class AroundReading extends Reading {

	protected AroundReading() {
	}

	AroundReading(String sensor, double celsius, long number) {
		super(sensor, celsius, number);
	}

}
