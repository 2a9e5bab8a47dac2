package io.cachepolicy.mappings.zoo;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A mapping to be tested.
 *
 * @param <T> the entity of the cache
 * @param type the entity of the cache
 * @param create creates a new instance, with all that it consists of; what else it needs
 * is stored by the function that it gets
 * @param change changes an instance of which everything is loaded
 * @param whole whether all of an instance is in its own row and collections, so that it
 * needs no cascade
 */
public record Specimen<T>(Class<T> type, Function<Consumer<Object>, T> create, Consumer<T> change, boolean whole) {

	private static final AtomicLong ids = new AtomicLong();

	static <T> Specimen<T> of(Class<T> type, Function<Consumer<Object>, T> create, Consumer<T> change) {
		return new Specimen<>(type, create, change, true);
	}

	static <T> Specimen<T> cascading(Class<T> type, Function<Consumer<Object>, T> create, Consumer<T> change) {
		return new Specimen<>(type, create, change, false);
	}

	static long nextId() {
		return ids.incrementAndGet();
	}

	public String name() {
		return this.type.getSimpleName();
	}

	@Override
	public String toString() {
		return name();
	}

}
