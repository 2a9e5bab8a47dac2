package io.cachepolicy.actuate;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Observes flushes. The observation is the current one of the flushing thread; inside of
 * it, a store call may restore that of a writer.
 */
public final class FlushObserver implements FlushListener {

	/**
	 * The most writers that are kept per flush: tracers drop links beyond about as many.
	 */
	static final int MAX_WRITERS = 128;

	private static final FlushObservationConvention DEFAULT_CONVENTION = new DefaultFlushObservationConvention();

	private final ObservationRegistry registry;

	private final String managerName;

	private final @Nullable FlushObservationConvention convention;

	/**
	 * Create an observer.
	 * @param registry where flushes are observed
	 * @param managerName the name of the cache manager
	 * @param convention replaces the default, if there is one
	 */
	public FlushObserver(ObservationRegistry registry, String managerName,
			@Nullable FlushObservationConvention convention) {
		this.registry = registry;
		this.managerName = managerName;
		this.convention = convention;
	}

	@Override
	@SuppressWarnings("try") // Closed when the flush ends
	public Flush begin(String cacheName, List<WriteContext> contexts) {
		FlushObservationContext context = new FlushObservationContext(cacheName, this.managerName, writers(contexts));
		Observation observation = CachePolicyObservation.FLUSH.start(this.convention, DEFAULT_CONVENTION, () -> context,
				this.registry);
		Observation.Scope scope = observation.openScope();
		return (result) -> {
			scope.close();
			context.setResult(result);
			if (result.failure() != null) {
				observation.error(result.failure());
			}
			observation.stop();
		};
	}

	private static List<ObservationView> writers(List<WriteContext> contexts) {
		Set<ObservationView> writers = Collections.newSetFromMap(new IdentityHashMap<>());
		for (WriteContext context : contexts) {
			if (writers.size() < MAX_WRITERS
					&& context.get(ObservationThreadLocalAccessor.KEY) instanceof Observation writer) {
				writers.add(writer);
			}
		}
		return List.copyOf(writers);
	}

}
