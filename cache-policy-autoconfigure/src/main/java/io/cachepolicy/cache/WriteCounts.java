package io.cachepolicy.cache;

/**
 * What became of the deferred writes of a cache since it exists.
 *
 * @param accepted writes that were accepted
 * @param coalesced accepted writes that took the place of a pending one
 * @param cancelled pending writes that were dropped because the store has a newer value
 * @param written rows that were stored or deleted
 * @param retried rows that are tried again after the store refused them
 * @param failedAttempts attempts of rows that the store refused
 * @param deadLettered writes that became dead letters
 * @param refused writes that were refused because there was no room
 */
public record WriteCounts(long accepted, long coalesced, long cancelled, long written, long retried,
		long failedAttempts, long deadLettered, long refused) {

}
