package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.settings.Durations;
import io.cachepolicy.settings.WriteBackSpec;

import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The growing pauses between attempts, as the settings of a cache say.
 */
final class Pauses {

	private Pauses() {
	}

	static ExponentialBackOff of(WriteBackSpec.Retry retry) {
		long initial = toMillis(retry.initialInterval());
		ExponentialBackOff backOff = new ExponentialBackOff(initial, retry.multiplier());
		backOff.setMaxInterval(toMillis(retry.maxInterval()));
		backOff.setJitter((long) (initial * retry.jitter()));
		return backOff;
	}

	/**
	 * Return a pause in milliseconds: none is shorter than one, as the next ones are
	 * multiples of it.
	 * @param pause the pause
	 * @return its milliseconds
	 */
	private static long toMillis(Duration pause) {
		return Math.max(1, TimeUnit.NANOSECONDS.toMillis(Durations.toNanos(pause)));
	}

}
