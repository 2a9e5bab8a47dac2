package io.cachepolicy.actuate;

import java.util.List;
import java.util.Objects;

import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.SpanReference;
import io.cachepolicy.spi.WriteContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Observes flushes. The observation is the current one of the flushing thread, also
 * within its store calls.
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

	private static List<SpanReference> writers(List<WriteContext> contexts) {
		return contexts.stream()
			.map(WriteContext::span)
			.filter(Objects::nonNull)
			.distinct()
			.limit(MAX_WRITERS)
			.toList();
	}

}
