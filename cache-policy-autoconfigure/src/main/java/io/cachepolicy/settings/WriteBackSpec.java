package io.cachepolicy.settings;

import java.time.Duration;

/**
 * How a cache defers writes.
 *
 * @param flushInterval the longest a pending write waits before a flush takes it
 * @param flushThreshold number of pending writes that starts a flush at once
 * @param batchSize rows per store call and transaction
 * @param coalesce whether several pending writes of one key become one
 * @param maxPending the most pending writes
 * @param overflow what a write meets when there are as many
 * @param overflowTimeout how long a blocked writer waits for room, or for a write of its
 * key that is on its way to the store
 * @param retry how failed writes are tried again
 * @param flushThreads the most store calls at a time
 * @param maxWritesPerSecond how many rows a flush hands to the store per second, 0 for no
 * limit
 * @param burst how many rows may be handed over at once after a pause, at least 1 if
 * there is a limit
 * @param storeMode how a batch of entities is written
 * @param onConflict what becomes of a write whose row was changed by another writer
 * @param durable whether pending writes survive the end of the process
 * @param flushBeforeQueries whether queries see what was accepted before they began
 * @param maxDeadLetters the most dead letters that are kept
 */
public record WriteBackSpec(Duration flushInterval, int flushThreshold, int batchSize, boolean coalesce, int maxPending,
		Overflow overflow, Duration overflowTimeout, Retry retry, int flushThreads, long maxWritesPerSecond, long burst,
		StoreMode storeMode, OnConflict onConflict, boolean durable, boolean flushBeforeQueries, int maxDeadLetters) {

	/**
	 * How failed writes are tried again.
	 *
	 * @param maxAttempts how often a write that the store refuses is tried before it
	 * becomes a dead letter
	 * @param initialInterval pause after the first failure
	 * @param multiplier factor by which the pause grows
	 * @param maxInterval the longest pause
	 * @param jitter part of the pause by which it varies at random, from 0 to 1
	 */
	public record Retry(int maxAttempts, Duration initialInterval, double multiplier, Duration maxInterval,
			double jitter) {

	}

}
