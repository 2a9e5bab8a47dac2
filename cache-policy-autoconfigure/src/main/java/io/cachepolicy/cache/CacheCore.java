package io.cachepolicy.cache;

import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.Isolation;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.PreparedWrite;
import io.cachepolicy.transaction.Transactions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * The parts of one cache, shared by its reads and its writes.
 * <p>
 * Keys are those of the store, see {@link #toKey}. Values are in stored form: isolated
 * from callers, with {@link Absent#VALUE} for none.
 */
final class CacheCore {

	private static final Log logger = LogFactory.getLog(CacheCore.class);

	private final CacheSpec spec;

	private final CacheTier tier;

	private final CacheInfrastructure infrastructure;

	private final Supplier<@Nullable BackingStore> store;

	private final Runnable onChange;

	private final boolean passThrough;

	private final Executor executor;

	private volatile @Nullable PendingWrites deferred;

	private boolean closed;

	CacheCore(CacheSpec spec, CacheTier tier, CacheInfrastructure infrastructure,
			Supplier<@Nullable BackingStore> store, Runnable onChange, boolean passThrough) {
		this.spec = spec;
		this.tier = tier;
		this.infrastructure = infrastructure;
		this.store = store;
		this.onChange = onChange;
		this.passThrough = passThrough;
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("cache-policy-load-" + spec.name() + "-");
		executor.setDaemon(true);
		this.executor = executor;
	}

	/**
	 * Return what store calls in the background run on: threads of their own, as they may
	 * wait for the store.
	 * @return the executor
	 */
	Executor executor() {
		return this.executor;
	}

	String name() {
		return this.spec.name();
	}

	CacheSpec spec() {
		return this.spec;
	}

	CacheTier tier() {
		return this.tier;
	}

	@Nullable BackingStore store() {
		return this.store.get();
	}

	Object toKey(Object key) {
		BackingStore store = store();
		return (store != null) ? store.toKey(key) : key;
	}

	/**
	 * Run a store call of a write whose caller waits for the store.
	 * @param <T> the type of its result
	 * @param policy the policy by which the store is written
	 * @param rows how many rows are written or deleted
	 * @param call the call
	 * @return the result of the call
	 */
	<T> T observe(WritePolicy policy, int rows, Supplier<T> call) {
		return this.infrastructure.observer().observe(name(), policy, rows, call);
	}

	boolean isPassThrough() {
		return this.passThrough;
	}

	/**
	 * Return the policy to write by.
	 * @param policy the policy that was asked for
	 * @return the policy, which stores at once if caching is switched off
	 */
	WritePolicy effective(WritePolicy policy) {
		return (this.passThrough) ? WritePolicy.WRITE_AROUND : policy;
	}

	/**
	 * Return the deferred writes, if the cache ever deferred one.
	 * @return the deferred writes, or {@code null}
	 */
	@Nullable PendingWrites deferred() {
		return this.deferred;
	}

	/**
	 * Return the deferred writes of a cache with a store.
	 * @param store the store
	 * @return the deferred writes
	 */
	PendingWrites deferred(BackingStore store) {
		PendingWrites deferred = this.deferred;
		return (deferred != null) ? deferred : createDeferred(store);
	}

	private synchronized PendingWrites createDeferred(BackingStore store) {
		PendingWrites deferred = this.deferred;
		if (deferred == null) {
			deferred = this.infrastructure.deferredWrites()
				.create(name(), this.spec.writeBack(), store, new Listener());
			if (this.closed) {
				deferred.close();
			}
			this.deferred = deferred;
		}
		return deferred;
	}

	synchronized void open() {
		this.closed = false;
		if (this.deferred != null) {
			this.deferred.open();
		}
	}

	synchronized void close() {
		this.closed = true;
		if (this.deferred != null) {
			this.deferred.close();
		}
	}

	/**
	 * Return a copy that callers and cache do not share, if the cache isolates values.
	 * @param value the value
	 * @return the copy, or the value itself
	 */
	Object isolate(Object value) {
		return (this.spec.isolation() == Isolation.COPY) ? this.infrastructure.copier().copy(value) : value;
	}

	/**
	 * Return a copy of a value that is in the store, or about to be. That it can't be
	 * copied must not keep others from being published.
	 * @param key the key
	 * @param value the value in stored form
	 * @return the copy, {@code null} if there can't be one
	 */
	@Nullable Object isolateIfPossible(Object key, Object value) {
		try {
			return (!Absent.is(value)) ? isolate(value) : value;
		}
		catch (RuntimeException ex) {
			logger.error("A committed value can't be copied: cache '" + name() + "', key '" + key + "'", ex);
			return null;
		}
	}

	/**
	 * Convert a value to what a caller gets.
	 * @param stored the value in stored form
	 * @return the caller's own value, {@code null} for absence
	 */
	@Nullable Object toCaller(Object stored) {
		return (!Absent.is(stored)) ? isolate(stored) : null;
	}

	/**
	 * Return whether this thread holds a connection to the store outside of a
	 * transaction.
	 * @return {@code false} too if there is no store
	 */
	boolean isConnected() {
		BackingStore store = store();
		return store != null && store.isConnected();
	}

	/**
	 * Clear the caches that are derived from this one.
	 */
	void changed() {
		this.onChange.run();
	}

	/**
	 * Drop the entry of a key, in a transaction once more when it commits: until then
	 * others may cache what the transaction is about to change.
	 * @param key the key
	 * @return whether there was an entry
	 */
	boolean evict(Object key) {
		if (Transactions.isActive()) {
			CacheTransaction.add(this, new PreparedEviction(() -> this.tier.evict(key)));
		}
		return this.tier.evict(key);
	}

	/**
	 * Drop all entries, in a transaction once more when it commits.
	 * @return whether there was an entry
	 */
	boolean clear() {
		if (Transactions.isActive()) {
			CacheTransaction.add(this, new PreparedEviction(this.tier::clear));
		}
		return this.tier.clear();
	}

	InvalidPolicyCacheException withoutStore(String operation) {
		return new InvalidPolicyCacheException("Cache '%s' has no store to %s".formatted(name(), operation),
				"Set '%s.entity' or '.repository', or define a CacheStore bean named '%s'."
					.formatted(CacheSpec.propertiesOf(name()), name()));
	}

	/**
	 * An eviction that is done once more at the end of the transaction, however it ends:
	 * if the answer to a commit is lost, nobody knows.
	 *
	 * @param action the eviction
	 */
	private record PreparedEviction(Runnable action) implements PreparedWrite {

		@Override
		public void complete() {
			this.action.run();
		}

		@Override
		public void cancel() {
			this.action.run();
		}

	}

	/**
	 * Keeps the entries in step with what the flusher did.
	 */
	private final class Listener implements PendingWrites.Listener {

		@Override
		public void onWritten(Object key, Object value, @Nullable Object stored) {
			CacheCore.this.tier.replace(key, value, stored);
		}

		@Override
		public void onGivenUp(Object key) {
			CacheCore.this.tier.evict(key);
			// What was derived from the value never was in the store
			changed();
		}

		@Override
		public void onStoreChanged() {
			changed();
		}

	}

}
