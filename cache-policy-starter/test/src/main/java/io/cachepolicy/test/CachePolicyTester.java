package io.cachepolicy.test;

import java.time.Duration;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCacheManager;

/**
 * The caches of the application, as a test sees them. A bean of this type is there in
 * tests with
 * {@link io.cachepolicy.test.autoconfigure.AutoConfigureCachePolicy @AutoConfigureCachePolicy}.
 */
public interface CachePolicyTester {

	/**
	 * How long {@link #flush()} waits at the most.
	 */
	Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);

	/**
	 * Return a cache, to be handed to AssertJ's {@code assertThat}.
	 * @param name the name of the cache
	 * @return the cache
	 * @throws IllegalArgumentException if there is no such cache
	 */
	TestedCache cache(String name);

	/**
	 * Store what is pending in all caches, and fail the test if a part of it could not be
	 * stored within {@link #FLUSH_TIMEOUT}.
	 * @return what became of the pending writes: all were written
	 * @throws AssertionError if a write became a dead letter or is still pending; the
	 * message tells which, and why
	 * @throws IllegalStateException if nothing is pending and the caller is in a
	 * transaction, as what it writes is pending after the commit only
	 * @see #flush(Duration)
	 */
	default FlushReport flush() {
		return flush(FLUSH_TIMEOUT);
	}

	/**
	 * Store what is pending in all caches, and fail the test if a part of it could not be
	 * stored. A test in which the store is to refuse writes calls
	 * {@link PolicyCacheManager#flush(Duration)} instead, which does not fail.
	 * @param timeout the longest to wait
	 * @return what became of the pending writes: all were written
	 * @throws AssertionError if a write became a dead letter or is still pending; the
	 * message tells which, and why
	 * @throws IllegalStateException if nothing is pending and the caller is in a
	 * transaction, as what it writes is pending after the commit only
	 */
	FlushReport flush(Duration timeout);

	/**
	 * Drop pending writes, which never reach the store, and dead letters, empty all
	 * caches and begin to count store calls anew. Done after each test method.
	 * @throws io.cachepolicy.WriteRefusedException if a write that is on its way to the
	 * store takes too long
	 */
	void reset();

}
