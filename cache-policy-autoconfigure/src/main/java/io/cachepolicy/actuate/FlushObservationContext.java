package io.cachepolicy.actuate;

import java.util.List;

import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.SpanReference;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * Context of the {@link CachePolicyObservation#FLUSH observation of a flush}.
 */
public final class FlushObservationContext extends Observation.Context {

	private final String cacheName;

	private final String cacheManagerName;

	private final List<SpanReference> writers;

	private FlushListener.@Nullable Result result;

	FlushObservationContext(String cacheName, String cacheManagerName, List<SpanReference> writers) {
		this.cacheName = cacheName;
		this.cacheManagerName = cacheManagerName;
		this.writers = List.copyOf(writers);
	}

	public String getCacheName() {
		return this.cacheName;
	}

	public String getCacheManagerName() {
		return this.cacheManagerName;
	}

	/**
	 * Return the spans in which the writes of the batch were made, up to a limit.
	 * @return the spans, which may have ended
	 */
	public List<SpanReference> getWriters() {
		return this.writers;
	}

	/**
	 * Return what became of the batch.
	 * @return the result, {@code null} while the flush is under way
	 */
	public FlushListener.@Nullable Result getResult() {
		return this.result;
	}

	void setResult(FlushListener.Result result) {
		this.result = result;
	}

}
