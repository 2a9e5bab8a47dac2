package io.cachepolicy.test;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.WritePolicy;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ObjectAssert;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Assertions on what is pending in a cache, on its dead letters, and on what it did to
 * the store since the test began. Keys may be given in any form that the cache takes.
 */
public final class PolicyCacheAssert extends AbstractAssert<PolicyCacheAssert, TestedCache> {

	PolicyCacheAssert(TestedCache actual) {
		super(actual, PolicyCacheAssert.class);
	}

	/**
	 * Verify that a write or a delete of each of the keys is pending, maybe of others
	 * too.
	 * @param keys the keys
	 * @return this assertion
	 */
	public PolicyCacheAssert hasPendingWrites(Object... keys) {
		Set<Object> missing = toKeys(keys);
		missing.removeAll(this.actual.getPendingKeys());
		if (!missing.isEmpty()) {
			fail("has no pending write of %s. %s%s", describe(missing), describePending(), whyNotPending());
		}
		return this;
	}

	/**
	 * Verify that writes or deletes of the keys are pending, and none of others.
	 * @param keys the keys
	 * @return this assertion
	 */
	public PolicyCacheAssert hasOnlyPendingWrites(Object... keys) {
		hasPendingWrites(keys);
		Set<Object> others = new LinkedHashSet<>(this.actual.getPendingKeys());
		others.removeAll(toKeys(keys));
		if (!others.isEmpty()) {
			fail("also has pending writes of %s.", describe(others));
		}
		return this;
	}

	/**
	 * Verify that no write and no delete is pending.
	 * @return this assertion
	 */
	public PolicyCacheAssert hasNoPendingWrites() {
		if (!this.actual.getPendingKeys().isEmpty()) {
			fail("has pending writes. %s Call flush() of the CachePolicyTester before, if they are to be in the store by now.",
					describePending());
		}
		return this;
	}

	/**
	 * Verify that a key has a pending write that is no delete.
	 * @param key the key
	 * @return an assertion on the pending value
	 */
	public ObjectAssert<Object> pendingValue(Object key) {
		hasPendingWrites(key);
		Object value = read(key);
		if (value == null) {
			fail("has a pending delete of %s, and no pending value.", describe(toKeys(key)));
		}
		return Assertions.assertThat(Objects.requireNonNull(value));
	}

	/**
	 * Verify that the delete of a key is pending.
	 * @param key the key
	 * @return this assertion
	 */
	public PolicyCacheAssert hasPendingDelete(Object key) {
		hasPendingWrites(key);
		if (read(key) != null) {
			fail("has a pending write of %s, which is no delete.", describe(toKeys(key)));
		}
		return this;
	}

	/**
	 * Verify that the last write of a key became a dead letter.
	 * @param key the key
	 * @return an assertion on the dead letter
	 */
	public ObjectAssert<DeadLetter> deadLetter(Object key) {
		List<DeadLetter> letters = this.actual.getCache().deadLetters();
		Object storeKey = this.actual.toKey(key);
		DeadLetter found = letters.stream().filter((letter) -> letter.key().equals(storeKey)).findFirst().orElse(null);
		if (found == null) {
			fail("has no dead letter of %s. %s A write becomes one when a flush is refused by the store: call flush(timeout) of the PolicyCache before, which does not fail the test.",
					describe(toKeys(key)), describeLetters(letters));
		}
		return Assertions.assertThat(Objects.requireNonNull(found));
	}

	/**
	 * Verify that the last write of a key became a dead letter.
	 * @param key the key
	 * @return this assertion
	 */
	public PolicyCacheAssert hasDeadLetter(Object key) {
		deadLetter(key);
		return this;
	}

	/**
	 * Verify that no write became a dead letter, unless it was replayed, discarded or
	 * superseded by a newer one.
	 * @return this assertion
	 */
	public PolicyCacheAssert hasNoDeadLetters() {
		List<DeadLetter> letters = this.actual.getCache().deadLetters();
		if (!letters.isEmpty()) {
			fail("has dead letters. %s", describeLetters(letters));
		}
		return this;
	}

	/**
	 * Verify how often the cache called the store to write or delete since the test
	 * began: a batch of a flush is one call, and so is a write that its caller waited
	 * for.
	 * @param expected the number of calls
	 * @return this assertion
	 */
	public PolicyCacheAssert hasStoreCalls(long expected) {
		failUnless(expected, this.actual.getStoreCalls(), "store calls");
		return this;
	}

	/**
	 * Verify how many rows the cache wrote to the store or deleted from it since the test
	 * began.
	 * @param expected the number of rows
	 * @return this assertion
	 */
	public PolicyCacheAssert hasWrittenRows(long expected) {
		failUnless(expected, this.actual.getWrittenRows(), "written rows");
		return this;
	}

	private void failUnless(long expected, long count, String what) {
		if (count != expected) {
			throw failureWithActualExpected(count, expected, "%s", message(
					"has %d %s since the test began, and not %d. %s", count, what, expected, describePending()));
		}
	}

	private @Nullable Object read(Object key) {
		Cache.ValueWrapper wrapper = this.actual.getCache().get(key);
		return (wrapper != null) ? wrapper.get() : null;
	}

	private Set<Object> toKeys(Object... keys) {
		return Stream.of(keys).map(this.actual::toKey).collect(Collectors.toCollection(LinkedHashSet::new));
	}

	private static String describe(Set<Object> keys) {
		return ((keys.size() == 1) ? "key " : "keys ") + keys;
	}

	private String describePending() {
		Set<Object> pending = this.actual.getPendingKeys();
		return (pending.isEmpty()) ? "Nothing is pending." : "Pending: " + describe(pending) + ".";
	}

	private static String describeLetters(List<DeadLetter> letters) {
		return (letters.isEmpty()) ? "There are no dead letters."
				: "Dead letters: " + String.join(", ", letters.stream().map(DeadLetter::toString).toList()) + ".";
	}

	private String whyNotPending() {
		if (TransactionSynchronizationManager.isActualTransactionActive()) {
			return " The test is in a transaction, and what it writes is pending after the commit only: commit with "
					+ "TestTransaction.flagForCommit() and TestTransaction.end(), or run the test without one.";
		}
		if (this.actual.getWrittenRows() > 0) {
			return " Rows written to the store since the test began: %d.".formatted(this.actual.getWrittenRows());
		}
		WritePolicy policy = this.actual.getCache().getPolicy();
		return (policy != WritePolicy.WRITE_BACK)
				? " The policy of the cache is %s, which defers nothing.".formatted(policy) : "";
	}

	private void fail(String message, Object... arguments) {
		failWithMessage("%s", message(message, arguments));
	}

	private String message(String message, Object... arguments) {
		return "Cache '%s' %s".formatted(this.actual.getCache().getName(), message.formatted(arguments));
	}

}
