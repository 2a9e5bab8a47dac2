package io.cachepolicy.autoconfigure;

import java.util.function.Supplier;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.cache.WriteObserver;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;

/**
 * Observes by the {@link WriteObserver} bean, if there is one, which is looked for at the
 * first write.
 */
class WriteObservers implements WriteObserver {

	private final SingletonSupplier<WriteObserver> observer;

	WriteObservers(ObjectProvider<WriteObserver> observers) {
		this.observer = SingletonSupplier.of(() -> observers.getIfAvailable(() -> WriteObserver.NONE));
	}

	@Override
	public <T> T observe(String cacheName, WritePolicy policy, int rows, Supplier<T> call) {
		return this.observer.obtain().observe(cacheName, policy, rows, call);
	}

}
