package io.cachepolicy.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.cachepolicy.InvalidPolicyCacheException;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with an application, collected so that its developer reads all of it at
 * once.
 */
final class Problems {

	private final Map<String, InvalidPolicyCacheException> problems = new LinkedHashMap<>();

	/**
	 * Add a problem, unless it is known.
	 * @param problem the problem
	 */
	void add(InvalidPolicyCacheException problem) {
		this.problems.putIfAbsent(String.valueOf(problem.getMessage()), problem);
	}

	/**
	 * Check something. What is wrong with it keeps nobody from checking the rest.
	 * @param check throws an {@link InvalidPolicyCacheException} if something is wrong
	 */
	void check(Runnable check) {
		try {
			check.run();
		}
		catch (InvalidPolicyCacheException ex) {
			add(ex);
		}
	}

	/**
	 * Throw what was found.
	 * @throws InvalidPolicyCacheException if there is a problem
	 */
	void throwIfAny() {
		if (this.problems.size() == 1) {
			throw this.problems.values().iterator().next();
		}
		if (!this.problems.isEmpty()) {
			throw new SeveralProblemsException(this.problems);
		}
	}

	/**
	 * Several problems, one behind the other.
	 */
	@SuppressWarnings("serial")
	private static final class SeveralProblemsException extends InvalidPolicyCacheException {

		SeveralProblemsException(Map<String, InvalidPolicyCacheException> problems) {
			super("%d things are wrong:%n%s".formatted(problems.size(), list(problems, Throwable::getMessage)),
					"Solve all of them:%n%s".formatted(list(problems, InvalidPolicyCacheException::getAction)));
			problems.values().forEach(this::addSuppressed);
		}

		private static String list(Map<String, InvalidPolicyCacheException> problems,
				Function<InvalidPolicyCacheException, @Nullable String> text) {
			int[] number = new int[1];
			return problems.values()
				.stream()
				.map((problem) -> "  %d. %s".formatted(++number[0], text.apply(problem)))
				.collect(Collectors.joining(System.lineSeparator()));
		}

	}

}
