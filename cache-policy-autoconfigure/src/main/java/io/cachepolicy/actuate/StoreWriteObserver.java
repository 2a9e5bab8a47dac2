package io.cachepolicy.actuate;

import java.util.function.Supplier;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.WriteObserver;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Observes writes that go to the store at once.
 */
public final class StoreWriteObserver implements WriteObserver {

	private static final StoreWriteObservationConvention DEFAULT_CONVENTION = new DefaultStoreWriteObservationConvention();

	private final ObservationRegistry registry;

	private final String managerName;

	private final @Nullable StoreWriteObservationConvention convention;

	/**
	 * Create an observer.
	 * @param registry where writes are observed
	 * @param managerName the name of the cache manager
	 * @param convention replaces the default, if there is one
	 */
	public StoreWriteObserver(ObservationRegistry registry, String managerName,
			@Nullable StoreWriteObservationConvention convention) {
		this.registry = registry;
		this.managerName = managerName;
		this.convention = convention;
	}

	@Override
	public <T> T observe(String cacheName, WritePolicy policy, int rows, Supplier<T> call) {
		T result = CachePolicyObservation.STORE_WRITE
			.observation(this.convention, DEFAULT_CONVENTION,
					() -> new StoreWriteObservationContext(cacheName, this.managerName, policy, rows), this.registry)
			.observe(call);
		if (result == null) {
			throw new IllegalStateException("A store call has no result");
		}
		return result;
	}

}
