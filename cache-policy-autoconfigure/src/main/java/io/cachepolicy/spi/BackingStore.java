package io.cachepolicy.spi;

import java.util.Map;

import io.cachepolicy.CacheStore;
import org.jspecify.annotations.Nullable;

/**
 * The store behind a cache, with what the cache has to know of its keys and values. Keys
 * are those that {@link #toKey} returned.
 */
public interface BackingStore extends CacheStore<Object, Object> {

	/**
	 * Return the type of the stored values.
	 * @return the type, {@code Object} if it is not known
	 */
	Class<?> getValueType();

	/**
	 * Convert what a caller names as a key to the type of the store's keys. The value
	 * itself stands for its key.
	 * @param key the caller's key
	 * @return the store's key
	 * @throws IllegalArgumentException if that is impossible
	 */
	Object toKey(Object key);

	/**
	 * Return the key of a value.
	 * @param value the value
	 * @return the key, or {@code null} if the store generates it on insert and has not
	 * yet
	 * @throws IllegalArgumentException if this store can't derive keys from values
	 */
	@Nullable Object keyOf(Object value);

	/**
	 * Store one value now: in the caller's transaction if there is one, else in one of
	 * its own, and sent to the store before this method returns. A generated key is set
	 * on {@code value}, as by {@code repository.save}.
	 * @param key the key, {@code null} if the store is to generate it
	 * @param value the value
	 * @return the stored instance, with generated key and new version; managed by the
	 * persistence context of the caller's transaction, if there is one
	 */
	Object save(@Nullable Object key, Object value);

	/**
	 * Store a batch of deferred writes in a transaction of its own. As
	 * {@link #saveAll(Map)}, but a value whose version was outdated only by earlier calls
	 * of this method is no conflict: it takes the version that those calls led to.
	 * @param entries the values by key, to be left as they are
	 * @return detached instances of what was stored, by key
	 */
	Map<Object, Object> flushAll(Map<Object, Object> entries);

	/**
	 * Return whether the instance is managed by a persistence context of this thread, so
	 * that its state may still change until the commit.
	 * @param value the value
	 * @return whether the state is to be read again after the commit
	 */
	boolean isManaged(Object value);

	/**
	 * Return whether a persistence context of this thread already holds the value of a
	 * key, so that loading it may return an older state than the store has.
	 * @param key the key
	 * @return whether a load may be outdated from the start
	 */
	boolean isLoaded(Object key);

	/**
	 * Return whether this thread holds a connection to the store without a transaction,
	 * as a web request does whose persistence context is open for all of it. It is not to
	 * wait for who may need one.
	 * @return whether it holds a connection as far as is known
	 */
	default boolean isConnected() {
		return false;
	}

	/**
	 * Store values that were to be deferred in the caller's transaction. As
	 * {@link #saveAll(Map)}, but for versions that {@link #flushAll} outdated, as there;
	 * what this call outdates is no conflict for later calls of it, once it is committed.
	 * @param entries the values by key
	 * @return the stored instances by key, managed ones for managed ones
	 */
	default Map<Object, Object> saveDeferred(Map<Object, Object> entries) {
		return saveAll(entries);
	}

	/**
	 * Store values in the caller's transaction, if there is one, whose rows were to be
	 * removed before by a deferred write. As {@link #saveAll(Map)}, but whatever the rows
	 * hold is no conflict.
	 * @param entries the values by key
	 * @return the stored instances by key
	 */
	default Map<Object, Object> saveOver(Map<Object, Object> entries) {
		return saveAll(entries);
	}

	/**
	 * Return a value that can be written over what the store holds now, whoever wrote it.
	 * @param key the key
	 * @param value the value, left as it is
	 * @return the value, or a copy with the version that the row has now
	 */
	default Object rebase(Object key, Object value) {
		return value;
	}

	/**
	 * Store a deferred write over what the store holds now, whoever wrote it. As
	 * {@link #flushAll}; later deferred writes of who had read the value are no conflict.
	 * @param key the key
	 * @param value the value, left as it is
	 * @return a detached instance of what was stored, by key
	 */
	default Map<Object, Object> overwrite(Object key, Object value) {
		return flushAll(Map.of(key, rebase(key, value)));
	}

	/**
	 * Return what this store needs to work, such as a database. Stores with equal
	 * resources are away at the same time.
	 * @return the resource
	 */
	default Object resource() {
		return this;
	}

	/**
	 * Return who manages the transactions that this store joins.
	 * @return the transaction manager, {@code null} if it is not known
	 */
	default @Nullable Object transactionManager() {
		return null;
	}

	/**
	 * Return how rows refer to each other.
	 * @return the relations
	 */
	default RowRelations relations() {
		return RowRelations.NONE;
	}

	/**
	 * Return whether what is stored depends on the thread that writes, as the auditor of
	 * an entity does. Deferred writes of different contexts then don't share a call.
	 * @return whether the writer's context matters
	 */
	default boolean isContextual() {
		return false;
	}

}
