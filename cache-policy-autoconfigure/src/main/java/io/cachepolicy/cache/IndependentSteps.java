package io.cachepolicy.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.springframework.util.ReflectionUtils;

/**
 * Steps of which each is done whatever became of the others.
 */
public final class IndependentSteps {

	private IndependentSteps() {
	}

	/**
	 * Do something with each of some written values. The failure of one, in code of the
	 * application that Caffeine calls, does not keep others from being written. The first
	 * failure is thrown at the end.
	 * @param values the values by key
	 * @param action the action
	 */
	static void forEach(Map<Object, Object> values, BiConsumer<Object, Object> action) {
		forEach(values.entrySet(), (entry) -> action.accept(entry.getKey(), entry.getValue()));
	}

	/**
	 * Do something with each of some elements. The first failure is thrown at the end.
	 * @param <T> the type of the elements
	 * @param elements the elements
	 * @param action the action
	 */
	public static <T> void forEach(Iterable<T> elements, Consumer<T> action) {
		List<Throwable> failures = new ArrayList<>(0);
		for (T element : elements) {
			try {
				action.accept(element);
			}
			catch (Throwable ex) {
				failures.add(ex);
			}
		}
		if (!failures.isEmpty()) {
			Throwable first = failures.get(0);
			failures.stream().skip(1).filter((other) -> other != first).forEach(first::addSuppressed);
			ReflectionUtils.rethrowRuntimeException(first);
		}
	}

}
