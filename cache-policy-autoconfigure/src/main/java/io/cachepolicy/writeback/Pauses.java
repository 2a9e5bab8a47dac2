package io.cachepolicy.writeback;

import io.cachepolicy.cache.WriteBackSpec;

import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The growing pauses between attempts, as the settings of a cache say.
 */
final class Pauses {

	private Pauses() {
	}

	static ExponentialBackOff of(WriteBackSpec.Retry retry) {
		ExponentialBackOff backOff = new ExponentialBackOff(retry.initialInterval().toMillis(), retry.multiplier());
		backOff.setMaxInterval(retry.maxInterval().toMillis());
		backOff.setJitter((long) (retry.initialInterval().toMillis() * retry.jitter()));
		return backOff;
	}

}
