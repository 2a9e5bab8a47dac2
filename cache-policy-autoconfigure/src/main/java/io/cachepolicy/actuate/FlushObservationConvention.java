package io.cachepolicy.actuate;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} for {@link CachePolicyObservation#FLUSH}. A bean of this
 * type replaces the default.
 */
public interface FlushObservationConvention extends ObservationConvention<FlushObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof FlushObservationContext;
	}

}
