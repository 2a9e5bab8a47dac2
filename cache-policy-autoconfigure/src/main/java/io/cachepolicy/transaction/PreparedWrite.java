package io.cachepolicy.transaction;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * What is left to do for a write (or an eviction) when it is known whether the caller's
 * transaction commits. Without a transaction that is at once.
 */
public interface PreparedWrite {

	/**
	 * Stands for a value that the transaction changed, and that only the store knows.
	 */
	Object IN_STORE = new Object();

	/**
	 * Add what the writer reads until then.
	 * @param visible the values by key, {@link #IN_STORE} for what only the store knows
	 */
	default void describe(Map<Object, Object> visible) {
	}

	/**
	 * Return what the write leaves to a flush.
	 * @param key the key
	 * @return the value, as in {@link #describe}; {@code null} if it does not defer one
	 */
	default @Nullable Object deferred(Object key) {
		return null;
	}

	/**
	 * Return whether only the store knows what the writer reads of any key, until it
	 * writes the key again.
	 * @return whether all keys may have been changed
	 */
	default boolean changesAll() {
		return false;
	}

	/**
	 * Return of which other keys only the store knows what the writer reads, until it
	 * writes them again.
	 * @return tells the keys, asked anew for each read; {@code null} for none
	 */
	default @Nullable Predicate<Object> changes() {
		return null;
	}

	/**
	 * Add the keys whose rows the write removes.
	 * @param keys the keys
	 */
	default void describeRemovals(Set<Object> keys) {
	}

	/**
	 * Drop what later writes of the same transaction replace, and tell what this one
	 * does. Called from the last write to the first.
	 * @param later what later writes do
	 */
	default void overtake(Overtaken later) {
	}

	/**
	 * Do what may still fail, and with it the transaction.
	 */
	default void beforeCommit() {
	}

	/**
	 * Note that the transaction has committed. Called for the writes of all caches before
	 * the first of them is completed, but not for one that was added too late.
	 */
	default void committed() {
	}

	/**
	 * Make the write visible to everyone. Does not fail and calls no store.
	 */
	void complete();

	/**
	 * Leave no trace.
	 */
	default void cancel() {
	}

	/**
	 * What the later writes of a transaction do.
	 *
	 * @param stored the keys of values that they stored at once
	 * @param changed the keys of rows that were changed without the cache, {@link #ANY}
	 * for rows that a statement may have changed
	 * @param coalescing the keys of values that they defer, where these take the place of
	 * others
	 */
	record Overtaken(Set<Object> stored, Set<Object> changed, Set<Object> coalescing) {

		/**
		 * Stands for the key of any row.
		 */
		public static final Object ANY = new Object();

		public Overtaken() {
			this(new HashSet<>(), new HashSet<>(), new HashSet<>());
		}

	}

}
