package io.cachepolicy.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Makes a sequence that fails short: leaves out as many steps as it can, larger parts
 * first, while it still fails. As a sequence may fail by chance of timing, each try is
 * made several times.
 */
final class Shrinker {

	private static final int TRIES = 3;

	private final Application application;

	private final long deadline;

	private Violation violation;

	Shrinker(Application application, Violation violation, Duration longest) {
		this.application = application;
		this.violation = violation;
		this.deadline = System.nanoTime() + longest.toNanos();
	}

	/**
	 * Shrink a sequence that failed.
	 * @param sequence the sequence
	 * @return a shorter one that fails, or the same
	 */
	Sequence shrink(Sequence sequence) {
		Sequence shortest = sequence;
		int part = Math.max(1, sequence.steps().size() / 2);
		while (part > 0 && System.nanoTime() < this.deadline) {
			Sequence shorter = without(shortest, part);
			if (shorter != null) {
				shortest = shorter;
			}
			else {
				part /= 2;
			}
		}
		return shortest;
	}

	/**
	 * Return how the shortest sequence failed.
	 * @return the violation
	 */
	Violation violation() {
		return this.violation;
	}

	private @Nullable Sequence without(Sequence sequence, int part) {
		for (int end = sequence.steps().size(); end >= part; end -= part) {
			List<Step> steps = new ArrayList<>(sequence.steps());
			steps.subList(end - part, end).clear();
			Sequence candidate = sequence.with(steps);
			if (fails(candidate)) {
				return candidate;
			}
		}
		return null;
	}

	private boolean fails(Sequence sequence) {
		for (int i = 0; i < TRIES && System.nanoTime() < this.deadline; i++) {
			try {
				new Run(this.application, sequence).run();
			}
			catch (Violation ex) {
				this.violation = ex;
				return true;
			}
		}
		return false;
	}

}
