package io.cachepolicy.text;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What failures have in common that are the same but for the row which they meet: how
 * they are described, and where the innermost one came from. Immutable.
 *
 * @param parts what is compared
 */
public record FailureShape(List<Object> parts) {

	/**
	 * How far the ways to the innermost failure are compared: enough to tell callers of a
	 * helper from each other, and not so many that the depth of a recursion matters.
	 */
	private static final int FRAMES = 8;

	/**
	 * Create a shape.
	 * @param parts what is compared
	 */
	public FailureShape {
		parts = List.copyOf(parts);
	}

	/**
	 * Return the shape of a failure.
	 * @param failure the failure
	 * @return its shape
	 */
	public static FailureShape of(Throwable failure) {
		Stream<Object> descriptions = FailureText.causes(failure).stream().map(FailureText::describe);
		Stream<Object> frames = Arrays.stream(FailureText.root(failure).getStackTrace());
		return new FailureShape(Stream.concat(descriptions, frames.limit(FRAMES)).toList());
	}

}
