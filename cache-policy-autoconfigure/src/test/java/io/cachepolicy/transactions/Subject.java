package io.cachepolicy.transactions;

import io.cachepolicy.PolicyCache;

/**
 * What an {@link Operation} works with.
 *
 * @param cache the cache
 * @param accounts the annotated service of the cache
 * @param repository the repository behind the cache
 * @param existing the key of a row that is there
 * @param fresh the key of a row that is not there
 * @param changed a new text for the row that is there
 * @param created the row that is not there
 */
record Subject(PolicyCache cache, Accounts accounts, AccountRepository repository, long existing, long fresh,
		Account changed, Account created) {

}
