package io.cachepolicy.autoconfigure;

import java.util.List;
import java.util.function.Supplier;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.WriteObserver;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;

/**
 * Observes by all {@link WriteObserver} beans, which are looked for at the first write.
 * The first one is the outermost.
 */
class WriteObservers implements WriteObserver {

	private final SingletonSupplier<List<WriteObserver>> observers;

	WriteObservers(ObjectProvider<WriteObserver> observers) {
		this.observers = SingletonSupplier.of(() -> observers.orderedStream().toList());
	}

	@Override
	public <T> T observe(String cacheName, WritePolicy policy, int rows, Supplier<T> call) {
		List<WriteObserver> observers = this.observers.obtain();
		Supplier<T> observed = call;
		for (int i = observers.size() - 1; i >= 0; i--) {
			observed = observe(observers.get(i), cacheName, policy, rows, observed);
		}
		return observed.get();
	}

	private static <T> Supplier<T> observe(WriteObserver observer, String cacheName, WritePolicy policy, int rows,
			Supplier<T> call) {
		return () -> observer.observe(cacheName, policy, rows, call);
	}

}
