package io.cachepolicy.jpa.listen;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.jspecify.annotations.Nullable;

/**
 * Those who are told of what a factory does: several application contexts may share one.
 * A listener is told as long as somebody else holds it, so that a context that was closed
 * leaves nothing behind. Thread-safe.
 *
 * @param <L> the type of the listeners
 */
final class Listeners<L> {

	/**
	 * Replaced, never changed.
	 */
	private volatile List<WeakReference<L>> references = List.of();

	/**
	 * Find what was registered with a factory before.
	 * @param <E> the type of what is looked for
	 * @param registry the registry of the factory
	 * @param event an event for which it would be registered
	 * @param type the type of what is looked for
	 * @return what is registered, {@code null} if it is not
	 */
	static <E> @Nullable E findRegistered(EventListenerRegistry registry, EventType<?> event, Class<E> type) {
		AtomicReference<@Nullable E> found = new AtomicReference<>();
		registry.getEventListenerGroup(event).fireEventOnEachListener(found, (listener, holder) -> {
			if (type.isInstance(listener)) {
				holder.set(type.cast(listener));
			}
		});
		return found.get();
	}

	synchronized void add(L listener) {
		List<WeakReference<L>> references = new ArrayList<>(this.references);
		references.removeIf((reference) -> reference.get() == null);
		references.add(new WeakReference<>(listener));
		this.references = List.copyOf(references);
	}

	/**
	 * Return the listeners for those who tell of much.
	 * @return references to the listeners, empty ones to those that are gone
	 */
	List<WeakReference<L>> references() {
		return this.references;
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
