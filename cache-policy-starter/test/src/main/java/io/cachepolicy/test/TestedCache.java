package io.cachepolicy.test;

import java.util.Set;

import io.cachepolicy.PolicyCache;
import org.assertj.core.api.AssertProvider;

/**
 * A cache as a test sees it. AssertJ's {@code assertThat} makes a
 * {@link PolicyCacheAssert} of it.
 */
public interface TestedCache extends AssertProvider<PolicyCacheAssert> {

	/**
	 * Return the cache itself.
	 * @return the cache
	 */
	PolicyCache getCache();

	/**
	 * Return the keys of pending writes and pending deletes, as the store knows them.
	 * @return a snapshot
	 */
	Set<Object> getPendingKeys();

	/**
	 * Return a key as the store knows it.
	 * @param key the key, in any form that the cache takes
	 * @return the key of the store
	 * @throws IllegalArgumentException if it can't be a key of the cache
	 */
	Object toKey(Object key);

	/**
	 * Return how often the cache called the store to write or delete, since the test
	 * began: a batch of a flush is one call, and so is a write that its caller waited
	 * for. Calls that failed count.
	 * @return the number of calls
	 */
	long getStoreCalls();

	/**
	 * Return how many rows the cache wrote to the store or deleted from it, since the
	 * test began. What a transaction wrote through and rolled back later counts.
	 * @return the number of rows
	 */
	long getWrittenRows();

	@Override
	default PolicyCacheAssert assertThat() {
		return new PolicyCacheAssert(this);
	}

}
