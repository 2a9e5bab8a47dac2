package io.cachepolicy.writeback;

/**
 * What stands in the queue of {@link PendingWrites}.
 */
sealed interface Queued permits PendingWrite, Marker {

}
