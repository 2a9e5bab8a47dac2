package io.cachepolicy.cache;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.WritingCall;
import io.cachepolicy.text.KeyText;
import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * What can be done with one cache, with the keys of callers and copies of values, under
 * any policy. The cache and its views are made of it.
 */
final class CacheOperations {

	private final CacheCore core;

	private final Reads reads;

	private final Writes writes;

	private final BodyWrites bodies;

	private final EarlyWrites early;

	// Each waits for the one before, whatever it holds: else two might insert
	private final Loads insertions = new Loads(() -> false);

	CacheOperations(CacheCore core) {
		this.core = core;
		this.reads = new Reads(core);
		this.writes = new Writes(core);
		this.bodies = new BodyWrites(core);
		this.early = new EarlyWrites(core, new StoreWrites(core));
	}

	/**
	 * Return whether it is the store that calls, because the application put cache
	 * annotations around what the store works with. Whoever called the store does the
	 * rest.
	 * @return whether there is nothing to read and nothing to write
	 */
	boolean isCalledByStore() {
		BackingStore store = this.core.store();
		return store != null && store.isCalling();
	}

	// ---- Reads ----

	/**
	 * Read through the store.
	 * @param key the caller's key
	 * @return the value in stored form, or {@code null} if a plain cache has none
	 */
	@Nullable Object read(Object key) {
		BackingStore store = this.core.store();
		if (store == null) {
			return this.reads.find(key);
		}
		Object storeKey = store.keys().toKey(key);
		Object found = this.reads.find(storeKey);
		return (found != null) ? found : load(store, storeKey);
	}

	private Object load(BackingStore store, Object key) {
		return this.reads.load(key, () -> store.load(key));
	}

	@Nullable ValueWrapper get(Object key) {
		return toWrapper(read(key));
	}

	private @Nullable ValueWrapper toWrapper(@Nullable Object stored) {
		if (stored == null || (Absent.is(stored) && !this.core.cachesAbsent())) {
			return null;
		}
		return new SimpleValueWrapper(this.core.toCaller(stored));
	}

	@SuppressWarnings("unchecked")
	<T> @Nullable T get(Object key, @Nullable Class<T> type) {
		Object stored = read(key);
		Object value = (stored != null) ? this.core.toCaller(stored) : null;
		if (value != null && type != null && !type.isInstance(value)) {
			throw new IllegalStateException("Value of key '%s' in cache '%s' is a %s, not a %s"
				.formatted(KeyText.of(key), this.core.name(), value.getClass().getName(), type.getName()));
		}
		return (T) value;
	}

	@SuppressWarnings("unchecked")
	<T> @Nullable T load(Object key, Loader loader) {
		return (T) this.core.toCaller(this.reads.get(this.core.toKey(key), loader));
	}

	@Nullable CompletableFuture<?> retrieve(Object key) {
		ValueWrapper known = find(key);
		if (known != null) {
			return CompletableFuture.completedFuture(known);
		}
		BackingStore store = this.core.store();
		if (store == null) {
			return null;
		}
		Object storeKey = this.core.toKey(key);
		return this.reads
			.getAsync(storeKey, () -> CompletableFuture.supplyAsync(() -> store.load(storeKey), this.core.executor()),
					Loader.NONE)
			.thenApply(this::toWrapper);
	}

	@SuppressWarnings("unchecked")
	<T> CompletableFuture<T> loadAsync(Object key, Supplier<CompletableFuture<T>> future, Loader loader) {
		return (CompletableFuture<T>) this.reads.getAsync(this.core.toKey(key), future, loader)
			.thenApply(this.core::toCaller);
	}

	Map<Object, Object> getAll(Collection<?> keys) {
		Map<Object, Object> callerKeys = new LinkedHashMap<>();
		keys.forEach((key) -> callerKeys.putIfAbsent(this.core.toKey(key), key));
		Map<Object, Object> values = new LinkedHashMap<>();
		this.reads.getAll(callerKeys.keySet())
			.forEach((key, stored) -> values.put(callerKeys.get(key), this.core.isolate(stored)));
		return values;
	}

	/**
	 * Read without a load.
	 * @param key the caller's key
	 * @return the value, or {@code null} if nothing is known of the key
	 */
	@Nullable ValueWrapper find(Object key) {
		return toKnown(this.reads.find(this.core.toKey(key)));
	}

	@Nullable ValueWrapper findPending(LoadTicket ticket) {
		return toKnown(this.reads.findPending(ticket));
	}

	private @Nullable ValueWrapper toKnown(@Nullable Object stored) {
		return (stored != null) ? new SimpleValueWrapper(this.core.toCaller(stored)) : null;
	}

	LoadTicket ticket(Object key) {
		return this.reads.ticket(this.core.toKey(key));
	}

	void keep(LoadTicket ticket, @Nullable Object value, Loader loader) {
		this.reads.keep(ticket, value, loader);
	}

	// ---- Writes ----

	void put(WritePolicy policy, Object key, @Nullable Object given) {
		Object value = valueOf(given);
		if (value != null) {
			Object storeKey = this.core.toKey(key);
			this.core.check(storeKey, value);
			this.writes.write(policy, storeKey, value);
		}
		else if (this.core.store() == null) {
			this.writes.write(policy, key, absent(key));
		}
	}

	/**
	 * Return what a caller puts, who may know how Spring's caches keep null.
	 * @param given what is put
	 * @return the value, {@code null} for none
	 */
	private static @Nullable Object valueOf(@Nullable Object given) {
		return (!Absent.is(given)) ? given : null;
	}

	private Object absent(Object key) {
		if (!this.core.cachesAbsent()) {
			throw new IllegalArgumentException("Cache '%s' does not keep null, which key '%s' is given"
				.formatted(this.core.name(), KeyText.of(key)));
		}
		return Absent.VALUE;
	}

	/**
	 * Write a value under its own key.
	 * @param policy the policy
	 * @param value the value
	 */
	void put(WritePolicy policy, Object value) {
		BackingStore store = this.core.store();
		if (store == null) {
			throw this.core.withoutStore("take the key of a value from");
		}
		Object key = store.keys().keyOf(value);
		if (key != null) {
			this.writes.write(policy, key, value);
		}
		else {
			this.writes.insert(policy, value);
		}
	}

	/**
	 * Write what a method returned, unless its body has stored it by itself.
	 * @param policy the policy
	 * @param key the caller's key, {@code null} to take that of the value
	 * @param value the value
	 */
	void putReturned(WritePolicy policy, @Nullable Object key, Object value) {
		BackingStore store = this.core.store();
		WritingCall call = (store != null) ? WritingCall.current() : null;
		if (store != null && call != null) {
			Object own = (key != null) ? this.core.toKey(key) : store.keys().keyOf(value);
			if (own != null) {
				this.core.check(own, value);
				if (this.bodies.adopt(call, store, policy, own, value)) {
					return;
				}
			}
		}
		if (key != null) {
			put(policy, key, value);
		}
		else {
			put(policy, value);
		}
	}

	void putAll(WritePolicy policy, Map<?, ?> entries) {
		Map<Object, Object> values = new LinkedHashMap<>();
		entries.forEach((key, given) -> {
			Object value = valueOf(given);
			if (value != null) {
				Object storeKey = this.core.toKey(key);
				this.core.check(storeKey, value);
				values.put(storeKey, value);
			}
			else if (this.core.store() == null) {
				values.put(key, absent(key));
			}
		});
		if (!values.isEmpty()) {
			this.writes.write(policy, values);
		}
	}

	@Nullable ValueWrapper putIfAbsent(WritePolicy policy, Object key, @Nullable Object given) {
		Object value = valueOf(given);
		BackingStore store = this.core.store();
		if (value == null && (store != null || !this.core.cachesAbsent())) {
			return get(key);
		}
		return (store != null) ? putIfAbsent(policy, store, store.keys().toKey(key), Objects.requireNonNull(value))
				: plainPutIfAbsent(policy, key, value);
	}

	private @Nullable ValueWrapper putIfAbsent(WritePolicy policy, BackingStore store, Object key, Object value) {
		this.core.check(key, value);
		if (Transactions.isActive()) {
			// Waits for nobody, as others may wait for what the transaction holds
			return toExisting(insertIfAbsent(policy, store, key, value));
		}
		for (;;) {
			boolean[] mine = new boolean[1];
			try {
				Object existing = this.insertions.load(key, 0, 0, () -> {
					mine[0] = true;
					return insertIfAbsent(policy, store, key, value);
				});
				// What another thread found is from before its own write
				if (mine[0]) {
					return toExisting(existing);
				}
			}
			catch (Throwable ex) {
				if (mine[0]) {
					throw ex;
				}
				// It was the value of another thread that was refused
			}
		}
	}

	private Object insertIfAbsent(WritePolicy policy, BackingStore store, Object key, Object value) {
		Object stored = this.reads.get(key, () -> store.load(key));
		if (Absent.is(stored)) {
			this.writes.write(policy, key, value);
		}
		return stored;
	}

	private @Nullable ValueWrapper toExisting(Object stored) {
		return (!Absent.is(stored)) ? new SimpleValueWrapper(this.core.toCaller(stored)) : null;
	}

	private @Nullable ValueWrapper plainPutIfAbsent(WritePolicy policy, Object key, @Nullable Object value) {
		if (Transactions.isActive()) {
			ValueWrapper existing = find(key);
			if (existing == null) {
				this.writes.write(policy, key, (value != null) ? value : Absent.VALUE);
			}
			return existing;
		}
		Object stored = (value != null) ? this.core.isolate(value) : Absent.VALUE;
		this.core.changes().ensureCurrent();
		Object existing = this.core.tier().publishIfAbsent(key, stored);
		if (existing == null) {
			this.core.changes().published(List.of(key));
		}
		return (existing != null) ? new SimpleValueWrapper(this.core.toCaller(existing)) : null;
	}

	void remove(WritePolicy policy, Object key) {
		if (this.core.store() != null) {
			this.writes.write(policy, this.core.toKey(key), Absent.VALUE);
		}
		else {
			evict(key);
		}
	}

	boolean replay(DeadLetter letter) {
		BackingStore store = this.core.store();
		PendingWrites pending = this.core.pending();
		DeadLetter kept = (pending != null) ? pending.findDeadLetter(letter) : null;
		if (store == null || kept == null) {
			return false;
		}
		Object value = (kept.value() != null) ? store.versions().rebase(kept.key(), kept.value()) : Absent.VALUE;
		return this.writes.replay(store, kept, value);
	}

	/**
	 * Flush what is pending, and wait for it, unless the thread has a connection.
	 */
	void flushEarly() {
		this.early.flush();
	}

	/**
	 * Return the writes.
	 * @return what writes to the cache
	 */
	Writes writes() {
		return this.writes;
	}

	// ---- Evictions ----

	boolean evict(Object key) {
		return this.core.evict(this.core.toKey(key));
	}

	boolean clear() {
		return this.core.clear();
	}

}
