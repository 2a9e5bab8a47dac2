package io.cachepolicy.spi;

import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The store behind a cache. Keys are those that its {@link #keys() keys} made.
 * Implementations are thread-safe.
 * <p>
 * A call that throws stored nothing, unless it throws a
 * {@link io.cachepolicy.PartialWriteException}. Failures are of Spring's
 * {@link org.springframework.dao.DataAccessException} hierarchy.
 */
public interface BackingStore {

	/**
	 * Return what the store knows of its keys.
	 * @return the keys
	 */
	StoreKeys keys();

	/**
	 * Return what is to be known of the store itself.
	 * @return the traits
	 */
	default StoreTraits traits() {
		return StoreTraits.of(this);
	}

	/**
	 * Return what the calling thread has of the store.
	 * @return the session, asked anew for each question
	 */
	default StoreSession session() {
		return StoreSession.NONE;
	}

	/**
	 * Return what the store knows of the versions of its rows.
	 * @return the versions
	 */
	default StoreVersions versions() {
		return StoreVersions.NONE;
	}

	/**
	 * Load the value of a key.
	 * @param key the key
	 * @return the value, or {@code null} if there is none
	 */
	@Nullable Object load(Object key);

	/**
	 * Load the values of many keys.
	 * @param keys the keys
	 * @return the values found, by key
	 */
	Map<Object, Object> loadAll(Collection<?> keys);

	/**
	 * Store a value whose key the store generates, as {@link WriteMode#NOW} does. The key
	 * is set on the value too.
	 * @param value the value
	 * @return the stored instance, of which {@link StoreKeys#keyOf} knows the key
	 */
	Object insert(Object value);

	/**
	 * Store a value whose key the store generates.
	 * @param mode {@link WriteMode#NOW} or {@link WriteMode#JOINED}
	 * @param value the value
	 * @return the stored instance
	 */
	default Object insert(WriteMode mode, Object value) {
		return insert(value);
	}

	/**
	 * Store values: insert or replace.
	 * @param mode when, in which transaction, and what counts as a conflict
	 * @param entries the values by key
	 * @return the stored instances by key, with new versions: managed ones for managed
	 * ones, detached ones from a flush
	 */
	Map<Object, Object> write(WriteMode mode, Map<Object, Object> entries);

	/**
	 * Store a batch of deferred values. A store that works in a transaction of its own
	 * passes the gate when nothing is left to do but the commit.
	 * @param mode {@link WriteMode#FLUSH} or {@link WriteMode#FLUSH_OVER}
	 * @param entries the values by key
	 * @param gate passed before the first change if the store can't take it back
	 * @return as {@link #write} does
	 */
	default Map<Object, Object> flush(WriteMode mode, Map<Object, Object> entries, FlushGate gate) {
		gate.pass();
		return write(mode, entries);
	}

	/**
	 * Delete a batch of rows whose removal was deferred.
	 * @param keys the keys
	 * @param gate passed as by {@link #flush}
	 */
	default void flushDeletes(Collection<?> keys, FlushGate gate) {
		gate.pass();
		deleteAll(keys);
	}

	/**
	 * Store deferred values in the caller's transaction, because it is about to read
	 * their rows or to change them otherwise. They are not written into what the caller
	 * has of the store, such as a persistence context. What the store refuses leaves the
	 * transaction as it was.
	 * @param entries the values by key, {@link Absent#VALUE} for removals
	 * @param gate passed when the values are written, and no other transaction can change
	 * their rows any more; what it throws counts as a refusal
	 * @return as {@link #write} does; {@code null} if nothing was stored, as the store
	 * refused a value or can't do this at all
	 */
	default @Nullable Map<Object, Object> writeAhead(Map<Object, Object> entries, FlushGate gate) {
		return null;
	}

	/**
	 * Store what the caller's transaction has changed by itself, and is to store at its
	 * commit at the latest. The {@link #listen listeners} learn of it.
	 */
	default void storeChanges() {
	}

	/**
	 * Delete rows: in the caller's transaction if there is one, else in an own one.
	 * Deleting what does not exist is no error.
	 * @param keys the keys
	 */
	void deleteAll(Collection<?> keys);

	/**
	 * Let the application delete rows itself: in the caller's transaction if there is
	 * one, else in an own one. The store may learn of it when that one flushes.
	 * @param keys the keys of the rows
	 * @param call deletes them
	 */
	default void delete(Collection<?> keys, Runnable call) {
		call.run();
	}

	/**
	 * Return whether the calling thread is inside of a call of this store. What comes
	 * back to the cache from there, as the application put advice around what the store
	 * works with, is left to the one who called the store.
	 * @return whether the cache is to keep out of the way
	 */
	default boolean isCalling() {
		return false;
	}

	/**
	 * Let go of pooled connections, as far as the store knows of them: a write was
	 * answered by a server that is read-only, as a primary that became a standby.
	 */
	default void reconnect() {
	}

	/**
	 * Return whether the store generates keys when it stores a value, of which others
	 * need to know at once: those of new parts of it.
	 * @param value the value
	 * @return whether the write of the value can't be deferred
	 */
	default boolean generatesKeysFor(Object value) {
		return false;
	}

	/**
	 * Return whether values of the store may be instances of a type, or hold some.
	 * @param type the type
	 * @return whether a change of such instances may concern the values
	 */
	default boolean mayHold(Class<?> type) {
		Class<?> valueType = keys().getValueType();
		return valueType.isAssignableFrom(type) || type.isAssignableFrom(valueType);
	}

	/**
	 * Return what the store knows of what its values hold besides their own rows.
	 * @return the parts
	 */
	default StoreParts parts() {
		return StoreParts.NONE;
	}

	/**
	 * Return as what part values of this store, or of others, hold the row of a key.
	 * @param key the key
	 * @return the part, as in {@link StoreParts#of}; {@code null} if none holds it
	 */
	default @Nullable Object partOf(Object key) {
		return null;
	}

	/**
	 * Tell a listener of rows that change without a call of this interface, as far as the
	 * store notices.
	 * @param listener the listener, told from now on
	 */
	default void listen(StoreListener listener) {
	}

}
