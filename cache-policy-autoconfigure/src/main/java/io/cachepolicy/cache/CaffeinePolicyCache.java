package io.cachepolicy.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.caffeine.CaffeineCache;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * The {@link PolicyCache} over Caffeine. It is a {@link CaffeineCache} so that what knows
 * that type, as Spring Boot's metrics do, works with it; every method that reads or
 * changes entries is overridden, as the inherited ones would bypass the policy.
 */
public final class CaffeinePolicyCache extends CaffeineCache implements PolicyCache, OperationViews {

	private final CacheCore core;

	private final Reads reads;

	private final Writes writes;

	// Each waits for the one before, whatever it holds: else two might insert
	private final Loads insertions = new Loads(() -> false);

	CaffeinePolicyCache(com.github.benmanes.caffeine.cache.Cache<Object, Object> caffeine, CacheCore core) {
		super(core.name(), caffeine, core.spec().cacheAbsent());
		this.core = core;
		this.reads = new Reads(core);
		this.writes = new Writes(core);
	}

	CacheCore core() {
		return this.core;
	}

	@Override
	public WritePolicy getPolicy() {
		return this.core.spec().policy();
	}

	// ---- Reads ----

	@Override
	public @Nullable ValueWrapper get(Object key) {
		return toWrapper(read(key));
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
		Object stored = read(key);
		Object value = (stored != null) ? this.core.toCaller(stored) : null;
		if (value != null && type != null && !type.isInstance(value)) {
			throw new IllegalStateException("Value of key '%s' in cache '%s' is a %s, not a %s".formatted(key,
					getName(), value.getClass().getName(), type.getName()));
		}
		return (T) value;
	}

	@Override
	public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
		return load(key, new CallableLoader(key, valueLoader));
	}

	@SuppressWarnings("unchecked")
	<T> @Nullable T load(Object key, Loader loader) {
		return (T) this.core.toCaller(this.reads.get(this.core.toKey(key), loader));
	}

	@Override
	public @Nullable CompletableFuture<?> retrieve(Object key) {
		CompletableFuture<?> known = retrieveKnown(key);
		BackingStore store = this.core.store();
		if (known != null || store == null) {
			return known;
		}
		Object storeKey = this.core.toKey(key);
		return this.reads
			.getAsync(storeKey, () -> CompletableFuture.supplyAsync(() -> store.load(storeKey), this.core.executor()),
					Loader.NONE)
			.thenApply(this::toWrapper);
	}

	@Override
	public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
		return loadAsync(key, valueLoader, Loader.NONE);
	}

	@SuppressWarnings("unchecked")
	<T> CompletableFuture<T> loadAsync(Object key, Supplier<CompletableFuture<T>> future, Loader loader) {
		return (CompletableFuture<T>) this.reads.getAsync(this.core.toKey(key), future, loader)
			.thenApply(this.core::toCaller);
	}

	@Override
	public Map<Object, Object> getAll(Collection<?> keys) {
		Map<Object, Object> callerKeys = new LinkedHashMap<>();
		keys.forEach((key) -> callerKeys.putIfAbsent(this.core.toKey(key), key));
		Map<Object, Object> values = new LinkedHashMap<>();
		this.reads.getAll(callerKeys.keySet())
			.forEach((key, stored) -> values.put(callerKeys.get(key), this.core.isolate(stored)));
		return values;
	}

	@Override
	protected @Nullable Object lookup(Object key) {
		return read(key);
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
		return toKnown(this.reads.findPending(ticket.key(), ticket.stamp()));
	}

	private @Nullable ValueWrapper toKnown(@Nullable Object stored) {
		return (stored != null) ? new SimpleValueWrapper(this.core.toCaller(stored)) : null;
	}

	@Nullable CompletableFuture<?> retrieveKnown(Object key) {
		ValueWrapper known = find(key);
		return (known != null) ? CompletableFuture.completedFuture(known) : null;
	}

	LoadTicket ticket(Object key) {
		return this.reads.ticket(this.core.toKey(key));
	}

	void keep(LoadTicket ticket, @Nullable Object value, Loader loader) {
		this.reads.keep(ticket, value, loader);
	}

	/**
	 * Read through the store.
	 * @param key the caller's key
	 * @return the value in stored form, or {@code null} if a plain cache has none
	 */
	private @Nullable Object read(Object key) {
		BackingStore store = this.core.store();
		if (store == null) {
			return this.reads.find(key);
		}
		Object storeKey = store.toKey(key);
		Object found = this.reads.find(storeKey);
		return (found != null) ? found : load(store, storeKey);
	}

	private Object load(BackingStore store, Object key) {
		return this.reads.load(key, () -> store.load(key));
	}

	private @Nullable ValueWrapper toWrapper(@Nullable Object stored) {
		if (stored == null || (Absent.is(stored) && !isAllowNullValues())) {
			return null;
		}
		return new SimpleValueWrapper(this.core.toCaller(stored));
	}

	// ---- Writes ----

	@Override
	public void put(Object key, @Nullable Object value) {
		put(getPolicy(), key, value);
	}

	void put(WritePolicy policy, Object key, @Nullable Object value) {
		if (value != null) {
			this.writes.write(policy, this.core.toKey(key), value);
		}
		else if (this.core.store() == null) {
			this.writes.write(policy, key, Absent.VALUE);
		}
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
		Object key = store.keyOf(value);
		if (key != null) {
			this.writes.write(policy, key, value);
		}
		else {
			this.writes.insert(policy, value);
		}
	}

	@Override
	public void putAll(Map<?, ?> entries) {
		putAll(getPolicy(), entries);
	}

	void putAll(WritePolicy policy, Map<?, ?> entries) {
		Map<Object, Object> values = new LinkedHashMap<>();
		entries.forEach((key, value) -> {
			if (value != null) {
				values.put(this.core.toKey(key), value);
			}
		});
		if (!values.isEmpty()) {
			this.writes.write(policy, values);
		}
	}

	/**
	 * Write a value unless the key has one. Atomic among the calls of this method outside
	 * of transactions, where those of others are not seen; a {@code put} at the same time
	 * may come before or after.
	 */
	@Override
	public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		return putIfAbsent(getPolicy(), key, value);
	}

	@Nullable ValueWrapper putIfAbsent(WritePolicy policy, Object key, @Nullable Object value) {
		BackingStore store = this.core.store();
		if (value == null && (store != null || !isAllowNullValues())) {
			return get(key);
		}
		return (store != null) ? putIfAbsent(policy, store, store.toKey(key), Objects.requireNonNull(value))
				: plainPutIfAbsent(key, value);
	}

	private @Nullable ValueWrapper putIfAbsent(WritePolicy policy, BackingStore store, Object key, Object value) {
		if (Transactions.isActive()) {
			// Waits for nobody, as others may wait for what the transaction holds
			return toExisting(insertIfAbsent(policy, store, key, value));
		}
		for (;;) {
			boolean[] mine = new boolean[1];
			try {
				Object existing = this.insertions.load(key, 0, () -> {
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

	private @Nullable ValueWrapper plainPutIfAbsent(Object key, @Nullable Object value) {
		if (Transactions.isActive()) {
			ValueWrapper existing = find(key);
			if (existing == null) {
				this.writes.write(getPolicy(), key, (value != null) ? value : Absent.VALUE);
			}
			return existing;
		}
		Object stored = (value != null) ? this.core.isolate(value) : Absent.VALUE;
		Object existing = this.core.tier().publishIfAbsent(key, stored);
		if (existing == null) {
			this.core.changed();
		}
		return (existing != null) ? new SimpleValueWrapper(this.core.toCaller(existing)) : null;
	}

	@Override
	public void remove(Object key) {
		remove(getPolicy(), key);
	}

	void remove(WritePolicy policy, Object key) {
		if (this.core.store() != null) {
			this.writes.write(policy, this.core.toKey(key), Absent.VALUE);
		}
		else {
			evict(key);
		}
	}

	// ---- Evictions ----

	@Override
	public void evict(Object key) {
		this.core.evict(this.core.toKey(key));
	}

	@Override
	public boolean evictIfPresent(Object key) {
		return this.core.evict(this.core.toKey(key));
	}

	@Override
	public void clear() {
		this.core.clear();
	}

	@Override
	public boolean invalidate() {
		return this.core.clear();
	}

	// ---- Views ----

	@Override
	public PolicyCache withPolicy(WritePolicy policy) {
		return (policy != getPolicy()) ? new PolicyView(this, policy) : this;
	}

	@Override
	public Cache reading(Predicate<@Nullable Object> cacheable, Consumer<@Nullable Object> afterLoad) {
		return new ReadingView(this, cacheable, afterLoad);
	}

	@Override
	public Cache writing(@Nullable WritePolicy policy, boolean keyOfValue, Consumer<@Nullable Object> afterWrite) {
		return new WritingView(this, (policy != null) ? policy : getPolicy(), keyOfValue, afterWrite);
	}

	@Override
	public Cache removing(@Nullable WritePolicy policy, Consumer<@Nullable Object> afterRemove) {
		return new RemovingView(this, (policy != null) ? policy : getPolicy(), afterRemove);
	}

	// ---- Pending writes ----

	@Override
	public long pendingWrites() {
		PendingWrites deferred = this.core.deferred();
		return (deferred != null) ? deferred.size() : 0;
	}

	/**
	 * Return the most writes that may be pending.
	 * @return the configured number
	 */
	public long maxPendingWrites() {
		return this.core.spec().writeBack().maxPending();
	}

	/**
	 * Return the deferred writes, for those who watch them.
	 * @return the deferred writes, or {@code null} if the cache never deferred one
	 */
	public @Nullable PendingWrites deferredWrites() {
		return this.core.deferred();
	}

	@Override
	public FlushReport flush(Duration timeout) {
		PendingWrites deferred = this.core.deferred();
		return (deferred != null) ? deferred.flush(timeout) : FlushReport.EMPTY;
	}

	@Override
	public List<DeadLetter> deadLetters() {
		PendingWrites deferred = this.core.deferred();
		return (deferred != null) ? deferred.deadLetters() : List.of();
	}

	@Override
	public boolean replay(DeadLetter letter) {
		BackingStore store = this.core.store();
		PendingWrites pending = this.core.deferred();
		DeadLetter kept = (pending != null) ? pending.findDeadLetter(letter) : null;
		if (store == null || kept == null) {
			return false;
		}
		Object value = (kept.value() != null) ? store.rebase(kept.key(), kept.value()) : Absent.VALUE;
		return this.writes.replay(store, kept, value);
	}

	@Override
	public boolean discard(DeadLetter letter) {
		PendingWrites deferred = this.core.deferred();
		return deferred != null && deferred.discard(letter);
	}

}
