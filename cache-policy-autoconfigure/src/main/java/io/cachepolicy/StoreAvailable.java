package io.cachepolicy;

import java.time.Duration;
import java.util.Set;

/**
 * Event: a store is back after it was {@link StoreUnavailable away}. Published by a
 * thread of its own.
 *
 * @param caches the names of the caches that defer writes to it
 * @param pendingWrites how many of their writes are pending
 * @param awayFor how long it was away
 */
public record StoreAvailable(Set<String> caches, long pendingWrites, Duration awayFor) {

}
