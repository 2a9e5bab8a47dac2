package io.cachepolicy.jpa.listen;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Those who are told of what a factory does: several application contexts may share one.
 * A listener is told as long as somebody else holds it, so that a context that was closed
 * leaves nothing behind. Thread-safe.
 *
 * @param <L> the type of the listeners
 */
final class Listeners<L> {

	private final List<WeakReference<L>> references = new CopyOnWriteArrayList<>();

	void add(L listener) {
		this.references.removeIf((reference) -> reference.get() == null);
		this.references.add(new WeakReference<>(listener));
	}

	boolean isEmpty() {
		return this.references.isEmpty();
	}

	void forEach(Consumer<L> action) {
		for (WeakReference<L> reference : this.references) {
			L listener = reference.get();
			if (listener != null) {
				action.accept(listener);
			}
		}
	}

}
