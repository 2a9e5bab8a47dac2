package io.cachepolicy;

import java.time.Duration;

/**
 * Event: a batch of deferred writes was handed to the store, and at least one of them is
 * no longer pending. Published by a thread of its own, soon after the flush.
 *
 * @param cache the name of the cache
 * @param written how many writes are in the store
 * @param deadLettered how many writes became {@link DeadLetter dead letters}
 * @param duration how long the flush took
 */
public record WritesFlushed(String cache, int written, int deadLettered, Duration duration) {

}
