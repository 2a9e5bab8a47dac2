package io.cachepolicy;

import java.util.Set;

/**
 * Event: a store went away, so that deferred writes stay pending until it is back.
 * Published once per outage, by a thread of its own.
 *
 * @param caches the names of the caches that defer writes to it
 * @param pendingWrites how many of their writes are pending
 * @param reason what the store threw
 */
public record StoreUnavailable(Set<String> caches, long pendingWrites, Throwable reason) {

}
