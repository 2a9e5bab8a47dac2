package io.cachepolicy.actuate;

import io.cachepolicy.actuate.CachePolicyObservation.StoreWriteDetailKeyNames;
import io.cachepolicy.actuate.CachePolicyObservation.StoreWriteKeyNames;
import io.micrometer.common.KeyValues;

/**
 * Default {@link StoreWriteObservationConvention}.
 */
public class DefaultStoreWriteObservationConvention implements StoreWriteObservationConvention {

	@Override
	public String getName() {
		return "cache.policy.store.write";
	}

	@Override
	public String getContextualName(StoreWriteObservationContext context) {
		return PolicyNames.of(context.getPolicy()) + " " + context.getCacheName();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(StoreWriteObservationContext context) {
		return KeyValues.of(StoreWriteKeyNames.CACHE.withValue(context.getCacheName()),
				StoreWriteKeyNames.CACHE_MANAGER.withValue(context.getCacheManagerName()),
				StoreWriteKeyNames.POLICY.withValue(PolicyNames.of(context.getPolicy())));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(StoreWriteObservationContext context) {
		return KeyValues.of(StoreWriteDetailKeyNames.ROWS.withValue(String.valueOf(context.getRows())));
	}

}
