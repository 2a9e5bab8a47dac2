package io.cachepolicy.interceptor;

import java.util.ArrayList;
import java.util.List;

import io.cachepolicy.InvalidPolicyCacheException;

/**
 * Annotations that can't work, found while beans are created. They are kept until the
 * start is checked as a whole, so that its developer reads of all of them at once, and
 * thrown from then on. Thread-safe.
 */
public final class PolicyCachedProblems {

	private final List<InvalidPolicyCacheException> problems = new ArrayList<>();

	private boolean closed;

	PolicyCachedProblems() {
	}

	/**
	 * Keep a problem, or throw it if nobody will ask for it any more.
	 * @param problem the problem
	 */
	synchronized void add(InvalidPolicyCacheException problem) {
		if (this.closed) {
			throw problem;
		}
		this.problems.add(problem);
	}

	/**
	 * Return the problems.
	 * @return what was found up to now
	 */
	public synchronized List<InvalidPolicyCacheException> close() {
		this.closed = true;
		return List.copyOf(this.problems);
	}

}
