package io.cachepolicy.writeback;

import java.time.Duration;

import io.github.bucket4j.Bucket;

/**
 * A {@link Pace} that is a token bucket, with a token per row.
 * <p>
 * A call of the store waits until there are tokens for a tenth of a second, so that a
 * limit makes calls rare and not small.
 */
final class TokenBucketPace implements Pace {

	private static final int CALLS_PER_SECOND = 10;

	private final Bucket bucket;

	private final long callSize;

	TokenBucketPace(long rowsPerSecond, long burst, int batchSize) {
		// Not by the clock on the wall, which may be set back
		this.bucket = Bucket.builder()
			.withNanosecondPrecision()
			.addLimit((limit) -> limit.capacity(burst).refillGreedy(rowsPerSecond, Duration.ofSeconds(1)))
			.build();
		this.callSize = Math.max(1, Math.min(batchSize, Math.min(burst, rowsPerSecond / CALLS_PER_SECOND)));
	}

	@Override
	public long nanosUntil(int rows) {
		long needed = Math.max(1, Math.min(rows, this.callSize));
		return this.bucket.estimateAbilityToConsume(needed).getNanosToWaitForRefill();
	}

	@Override
	public int take(int rows) {
		return (int) this.bucket.tryConsumeAsMuchAsPossible(rows);
	}

	@Override
	public void giveBack(int rows) {
		if (rows > 0) {
			this.bucket.addTokens(rows);
		}
		else if (rows < 0) {
			this.bucket.consumeIgnoringRateLimits(-rows);
		}
	}

}
