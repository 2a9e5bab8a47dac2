package io.cachepolicy.actuate;

import io.cachepolicy.actuate.CachePolicyObservation.FlushDetailKeyNames;
import io.cachepolicy.actuate.CachePolicyObservation.FlushKeyNames;
import io.cachepolicy.spi.FlushListener.Result;
import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;

/**
 * Default {@link FlushObservationConvention}.
 */
public class DefaultFlushObservationConvention implements FlushObservationConvention {

	@Override
	public String getName() {
		return "cache.policy.flush";
	}

	@Override
	public String getContextualName(FlushObservationContext context) {
		return "flush " + context.getCacheName();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(FlushObservationContext context) {
		return KeyValues.of(FlushKeyNames.CACHE.withValue(context.getCacheName()),
				FlushKeyNames.CACHE_MANAGER.withValue(context.getCacheManagerName()),
				FlushKeyNames.RESULT.withValue(describe(context.getResult())));
	}

	private static String describe(@Nullable Result result) {
		if (result == null) {
			return "none";
		}
		if (result.failure() != null) {
			return (result.storeAway()) ? "store-away" : "failed";
		}
		return (result.written() == result.size()) ? "written" : "partial";
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(FlushObservationContext context) {
		Result result = context.getResult();
		if (result == null) {
			return KeyValues.empty();
		}
		return KeyValues.of(FlushDetailKeyNames.BATCH_SIZE.withValue(String.valueOf(result.size())),
				FlushDetailKeyNames.WRITTEN.withValue(String.valueOf(result.written())),
				FlushDetailKeyNames.DEAD_LETTERED.withValue(String.valueOf(result.deadLettered())),
				FlushDetailKeyNames.PENDING.withValue(String.valueOf(result.pending())));
	}

}
