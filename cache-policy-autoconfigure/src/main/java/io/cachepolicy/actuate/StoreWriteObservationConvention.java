package io.cachepolicy.actuate;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} for {@link CachePolicyObservation#STORE_WRITE}. A bean of
 * this type replaces the default.
 */
public interface StoreWriteObservationConvention extends ObservationConvention<StoreWriteObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof StoreWriteObservationContext;
	}

}
