package io.cachepolicy;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.cache.Cache;

/**
 * A {@link Cache} with a store behind it, and a policy for how writes reach that store.
 * <p>
 * {@link #get(Object)} and {@link #retrieve(Object)} read through: an entry that is
 * missing is loaded from the store, once however many threads ask.
 * {@link #put(Object, Object)} writes to the store by the policy; {@code null} writes
 * nothing and deletes nothing. {@link #evict}, {@link #clear} and their variants forget:
 * they never delete a row and never drop a pending write. {@link #remove} deletes.
 * <p>
 * Inside a transaction of Spring's, writes become visible to other threads when the
 * transaction commits and leave no trace when it rolls back; the writer reads its own
 * writes at once.
 * <p>
 * A cache without a store is a plain bounded cache. All methods are thread-safe.
 */
public interface PolicyCache extends Cache {

	/**
	 * Return the policy by which this cache writes.
	 * @return the write policy
	 */
	WritePolicy getPolicy();

	/**
	 * Return the values of many keys; those that are missing are loaded from the store in
	 * one call.
	 * @param keys the keys
	 * @return the values found, by key in the order of {@code keys}; absent ones are left
	 * out
	 */
	Map<Object, Object> getAll(Collection<?> keys);

	/**
	 * Return the values of many keys, as {@link #getAll(Collection)} does.
	 * @param <K> the type of the keys
	 * @param <V> the type of the values
	 * @param keys the keys, any number of them
	 * @param type the type of the values
	 * @return the values found, by key in the order of {@code keys}; absent ones are left
	 * out
	 * @throws IllegalStateException if a value is of another type
	 */
	@SuppressWarnings("unchecked")
	default <K, V> Map<K, V> getAll(Collection<? extends K> keys, Class<V> type) {
		Map<K, V> values = new LinkedHashMap<>();
		getAll(keys).forEach((key, value) -> {
			if (!type.isInstance(value)) {
				throw new IllegalStateException("A value of cache '%s' is a %s, not a %s".formatted(getName(),
						value.getClass().getName(), type.getName()));
			}
			values.put((K) key, type.cast(value));
		});
		return values;
	}

	/**
	 * Write many values by the policy, to the store in one call where the policy writes
	 * now.
	 * @param entries the values by key
	 * @throws WriteRefusedException if there is no room for all of them, in which case
	 * those that found none are not written
	 */
	void putAll(Map<?, ?> entries);

	/**
	 * Remove the entry and its row, by the policy. Removing what does not exist is no
	 * error.
	 * @param key the key
	 * @throws WriteRefusedException if the removal can be neither accepted nor stored
	 */
	void remove(Object key);

	/**
	 * Return a view of this cache that writes by another policy.
	 * @param policy the policy of the view
	 * @return a view on the same entries and the same pending writes
	 */
	PolicyCache withPolicy(WritePolicy policy);

	/**
	 * Return the number of writes that were accepted and are not yet in the store.
	 * @return the number of pending writes
	 */
	long pendingWrites();

	/**
	 * Hand the writes that were accepted up to now to the store and wait for them,
	 * retries included. Later writes are not waited for.
	 * @param timeout the longest to wait
	 * @return what became of them
	 */
	FlushReport flush(Duration timeout);

	/**
	 * Return the writes that the store refused for good, oldest first.
	 * @return a snapshot of the dead letters
	 */
	List<DeadLetter> deadLetters();

	/**
	 * Write the value of a dead letter, found by its id, again as a new pending write,
	 * which supersedes the dead letter like any newer write of its key. It is written
	 * over what the row holds at the time of this call, whoever changed it; changes from
	 * then on are conflicts.
	 * @param letter the dead letter to replay
	 * @return {@code false} if the dead letter is no longer kept
	 * @throws WriteRefusedException if the write can't be accepted; the dead letter is
	 * kept then
	 */
	boolean replay(DeadLetter letter);

	/**
	 * Write the values of all dead letters again, oldest first, as {@link #replay} does.
	 * Where there is no room for so many pending writes, this waits for it, as any writer
	 * does.
	 * @return how many were replayed: less than there were if some are no longer kept
	 * @throws WriteRefusedException if a write can't be accepted; its dead letter and
	 * those after it are kept then
	 */
	default int replayAll() {
		int replayed = 0;
		for (DeadLetter letter : deadLetters()) {
			if (replay(letter)) {
				replayed++;
			}
		}
		return replayed;
	}

	/**
	 * Drop a dead letter, found by its id, for good.
	 * @param letter the dead letter to discard
	 * @return {@code false} if the dead letter is no longer kept
	 */
	boolean discard(DeadLetter letter);

}
