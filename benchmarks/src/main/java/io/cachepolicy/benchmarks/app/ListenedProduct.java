package io.cachepolicy.benchmarks.app;

import java.util.concurrent.atomic.LongAdder;

import jakarta.persistence.Entity;
import jakarta.persistence.PrePersist;
import jakarta.persistence.PreUpdate;

/**
 * An entity with callbacks.
 */
@Entity
public class ListenedProduct extends AbstractProduct {

	private static final LongAdder CALLS = new LongAdder();

	/**
	 * Return how often a callback was called.
	 * @return the calls, of all instances
	 */
	public static long calls() {
		return CALLS.sum();
	}

	@PrePersist
	@PreUpdate
	void beforeWrite() {
		CALLS.increment();
	}

}
