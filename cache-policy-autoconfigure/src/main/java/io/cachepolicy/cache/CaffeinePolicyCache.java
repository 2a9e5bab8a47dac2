package io.cachepolicy.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.spi.BackingStore;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.caffeine.CaffeineCache;

/**
 * The {@link PolicyCache} over Caffeine. It is a {@link CaffeineCache} so that what knows
 * that type, as Spring Boot's metrics do, works with it; every method that reads or
 * changes entries is overridden, as the inherited ones would bypass the policy.
 */
public final class CaffeinePolicyCache extends CaffeineCache implements ManagedPolicyCache, OperationViews {

	private final CacheCore core;

	private final CacheOperations operations;

	CaffeinePolicyCache(com.github.benmanes.caffeine.cache.Cache<Object, Object> caffeine, CacheCore core) {
		super(core.name(), caffeine, core.spec().cachesAbsent(false));
		this.core = core;
		this.operations = new CacheOperations(core);
	}

	CacheOperations operations() {
		return this.operations;
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
		return this.operations.get(key);
	}

	@Override
	public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
		return this.operations.get(key, type);
	}

	@Override
	public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
		return this.operations.load(key, new CallableLoader(key, valueLoader));
	}

	@Override
	public @Nullable CompletableFuture<?> retrieve(Object key) {
		return this.operations.retrieve(key);
	}

	@Override
	public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
		return this.operations.loadAsync(key, valueLoader, Loader.NONE);
	}

	@Override
	public Map<Object, Object> getAll(Collection<?> keys) {
		return this.operations.getAll(keys);
	}

	@Override
	protected @Nullable Object lookup(Object key) {
		return this.operations.read(key);
	}

	// ---- Writes ----

	@Override
	public void put(Object key, @Nullable Object value) {
		this.operations.put(getPolicy(), key, value);
	}

	@Override
	public void putAll(Map<?, ?> entries) {
		this.operations.putAll(getPolicy(), entries);
	}

	/**
	 * Write a value unless the key has one. Atomic among the calls of this method outside
	 * of transactions, where those of others are not seen; a {@code put} at the same time
	 * may come before or after.
	 */
	@Override
	public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
		return this.operations.putIfAbsent(getPolicy(), key, value);
	}

	@Override
	public void remove(Object key) {
		this.operations.remove(getPolicy(), key);
	}

	// ---- Evictions ----

	@Override
	public void evict(Object key) {
		this.operations.evict(key);
	}

	@Override
	public boolean evictIfPresent(Object key) {
		return this.operations.evict(key);
	}

	@Override
	public void clear() {
		this.operations.clear();
	}

	@Override
	public boolean invalidate() {
		return this.operations.clear();
	}

	// ---- Views ----

	@Override
	public PolicyCache withPolicy(WritePolicy policy) {
		return (policy != getPolicy()) ? new PolicyView(this, this.operations, policy) : this;
	}

	@Override
	public Cache reading(Predicate<@Nullable Object> cacheable, Consumer<@Nullable Object> afterLoad) {
		return new ReadingView(this, this.operations, cacheable, afterLoad);
	}

	@Override
	public Cache writing(@Nullable WritePolicy policy, boolean keyOfValue, Consumer<@Nullable Object> afterWrite) {
		return new WritingView(this, this.operations, (policy != null) ? policy : getPolicy(), keyOfValue, afterWrite);
	}

	@Override
	public Cache removing(@Nullable WritePolicy policy, Consumer<@Nullable Object> afterRemove) {
		return new RemovingView(this, this.operations, (policy != null) ? policy : getPolicy(), afterRemove);
	}

	@Override
	public @Nullable RepositoryView repository(@Nullable WritePolicy policy) {
		BackingStore store = (!this.core.isPassThrough()) ? this.core.store() : null;
		return (store != null && !store.isCalling())
				? new RepositoryView(this.core, store, this.operations, (policy != null) ? policy : getPolicy()) : null;
	}

	// ---- Pending writes ----

	@Override
	public long pendingWrites() {
		PendingWrites pending = findPendingWrites();
		return (pending != null) ? pending.size() : 0;
	}

	@Override
	public FlushReport flush(Duration timeout) {
		PendingWrites pending = findPendingWrites();
		return (pending != null) ? pending.flush(timeout) : FlushReport.EMPTY;
	}

	@Override
	public List<DeadLetter> deadLetters() {
		PendingWrites pending = findPendingWrites();
		return (pending != null) ? pending.deadLetters() : List.of();
	}

	@Override
	public boolean replay(DeadLetter letter) {
		return this.operations.replay(letter);
	}

	@Override
	public boolean discard(DeadLetter letter) {
		PendingWrites pending = findPendingWrites();
		return pending != null && pending.discard(letter);
	}

	// ---- For those that watch and manage it ----

	@Override
	public CacheSpec getSpec() {
		return this.core.spec();
	}

	@Override
	public @Nullable BackingStore findStore() {
		return this.core.store();
	}

	@Override
	public @Nullable Class<?> findValueType() {
		return this.core.valueType();
	}

	@Override
	public @Nullable PendingWrites findPendingWrites() {
		return this.core.pending();
	}

	@Override
	public long getStaleQueries() {
		return this.core.staleQueries().sum();
	}

	@Override
	public long getBypassed() {
		return this.core.bypassed();
	}

	@Override
	public long getEstimatedSize() {
		return getNativeCache().estimatedSize();
	}

	@Override
	public @Nullable Long getMaximumSize() {
		return getNativeCache().policy().eviction().map((eviction) -> eviction.getMaximum()).orElse(null);
	}

}
