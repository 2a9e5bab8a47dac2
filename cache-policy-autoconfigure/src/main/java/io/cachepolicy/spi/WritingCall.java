package io.cachepolicy.spi;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A call of a method that writes what it returns, and the rows that its body stores by
 * itself meanwhile. Bound to the thread of the call and used by it alone: what the body
 * does in other threads is not noted.
 */
public final class WritingCall {

	/**
	 * A body that stores more than it returns is not to fill the memory.
	 */
	private static final int MAXIMUM_SIZE = 1000;

	private static final ThreadLocal<@Nullable WritingCall> current = new ThreadLocal<>();

	private final @Nullable WritingCall outer;

	private final Consumer<String> onStored;

	private final Map<Object, Map<Object, Row>> rows = new HashMap<>();

	private final Map<Object, Map<Object, Long>> stamps = new HashMap<>();

	private int size;

	private WritingCall(Consumer<String> onStored) {
		this.outer = current.get();
		this.onStored = onStored;
	}

	/**
	 * Begin a call.
	 * @param onStored told of the cache if the body has stored by itself what it returns
	 * @return the call, to be closed by the same thread
	 */
	public static WritingCall open(Consumer<String> onStored) {
		WritingCall call = new WritingCall(onStored);
		current.set(call);
		return call;
	}

	/**
	 * Return the call of the current thread.
	 * @return the innermost call, {@code null} if there is none
	 */
	public static @Nullable WritingCall current() {
		return current.get();
	}

	/**
	 * Note that the current thread writes keys by their cache: what a body has stored of
	 * them before does not count any more.
	 * @param store the store
	 * @param keys the keys
	 */
	public static void writes(Object store, Iterable<?> keys) {
		WritingCall call = current.get();
		if (call != null) {
			keys.forEach((key) -> call.forget(store, key));
		}
	}

	/**
	 * Note a row that the body stores. It takes the place of an earlier one.
	 * @param store the store of the row
	 * @param key the key
	 * @param row the row
	 */
	public void add(Object store, Object key, Row row) {
		Map<Object, Row> rows = this.rows.computeIfAbsent(store, (any) -> new HashMap<>());
		if (this.size < MAXIMUM_SIZE || rows.containsKey(key)) {
			this.size += (rows.put(key, row) == null) ? 1 : 0;
		}
	}

	/**
	 * Forget a row, as the body has done something else to it.
	 * @param store the store of the row
	 * @param key the key
	 */
	public void forget(Object store, Object key) {
		Map<Object, Row> rows = this.rows.get(store);
		if (rows != null && rows.remove(key) != null) {
			this.size--;
		}
		if (this.outer != null) {
			this.outer.forget(store, key);
		}
	}

	/**
	 * Forget all rows of a store.
	 * @param store the store
	 */
	public void forgetAll(Object store) {
		Map<Object, Row> rows = this.rows.remove(store);
		this.size -= (rows != null) ? rows.size() : 0;
		if (this.outer != null) {
			this.outer.forgetAll(store);
		}
	}

	/**
	 * Return what the body has last stored of a key.
	 * @param store the store
	 * @param key the key
	 * @return the row, {@code null} if it has stored none
	 */
	public @Nullable Row find(Object store, Object key) {
		return this.rows.getOrDefault(store, Map.of()).get(key);
	}

	/**
	 * Note that a row of the body was committed.
	 * @param cache identifies the cache
	 * @param key the key
	 * @param stamp a stamp that is the key's for as long as nobody has written it since
	 */
	public void committed(Object cache, Object key, long stamp) {
		if (this.size < MAXIMUM_SIZE) {
			this.stamps.computeIfAbsent(cache, (any) -> new HashMap<>()).put(key, stamp);
		}
	}

	/**
	 * Return the stamp of a row that was committed.
	 * @param cache identifies the cache
	 * @param key the key
	 * @return the stamp, {@code null} if there is none
	 */
	public @Nullable Long findStamp(Object cache, Object key) {
		return this.stamps.getOrDefault(cache, Map.of()).get(key);
	}

	/**
	 * The value that the method writes is one that its body has stored.
	 * @param cacheName the name of the cache
	 */
	public void stored(String cacheName) {
		this.onStored.accept(cacheName);
	}

	/**
	 * End the call. What its body has stored counts for the call around it as well.
	 */
	public void close() {
		if (this.outer == null) {
			current.remove();
			return;
		}
		current.set(this.outer);
		this.rows.forEach((store, rows) -> rows.forEach((key, row) -> this.outer.add(store, key, row)));
		this.stamps.forEach((cache, stamps) -> stamps.forEach((key, stamp) -> this.outer.committed(cache, key, stamp)));
	}

	/**
	 * A row that the body has stored.
	 */
	public interface Row {

		/**
		 * Return the instance by which a transaction that has not ended stores a value.
		 * @param value what the method returned
		 * @return the instance, {@code null} if the value is not what was stored, or if
		 * it was changed since
		 */
		@Nullable Object findManaged(Object value);

		/**
		 * Return the instance that was stored and committed for a value.
		 * @param value what the method returned
		 * @return the instance as it was committed, {@code null} if nothing was, or if
		 * the value is not what was stored, or was changed since
		 */
		@Nullable Object findCommitted(Object value);

	}

}
