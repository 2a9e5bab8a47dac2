package io.cachepolicy.writeback;

/**
 * What stands in the queue of {@link WriteChains}.
 */
sealed interface Queued permits PendingWrite, Marker {

}
