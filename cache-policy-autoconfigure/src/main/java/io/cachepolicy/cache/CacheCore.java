package io.cachepolicy.cache;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.BaseStream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.Isolation;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.OwnThreads;
import io.cachepolicy.spi.PartName;
import io.cachepolicy.text.FailureLog;
import io.cachepolicy.text.KeyText;
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

	private final FailureLog unexpected = new FailureLog(logger);

	private final CacheSpec spec;

	private final CacheTier tier;

	private final CacheInfrastructure infrastructure;

	private final StoreReference store;

	private final CacheChanges changes;

	private final boolean passThrough;

	private final boolean recovers;

	private final Executor executor;

	private final LongAdder bypassed = new LongAdder();

	private final StaleQueries staleQueries;

	private volatile @Nullable PendingWrites pending;

	private boolean closed;

	CacheCore(CacheSpec spec, CacheTier tier, CacheInfrastructure infrastructure, StoreReference store,
			CacheChanges changes, OwnThreads threads, boolean passThrough) {
		this.spec = spec;
		this.tier = tier;
		this.infrastructure = infrastructure;
		this.store = store;
		this.changes = changes;
		this.passThrough = passThrough;
		this.staleQueries = new StaleQueries(spec);
		this.recovers = spec.writeBack().durable();
		this.executor = new SimpleAsyncTaskExecutor(threads.numbered("cache-policy-load-" + spec.name() + "-"));
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

	/**
	 * Return the store. What an earlier process left pending is recovered before it is
	 * used for the first time.
	 * @return the store, {@code null} if the cache has none
	 */
	@Nullable BackingStore store() {
		BackingStore store = this.store.get();
		if (this.recovers && store != null) {
			pending(store);
		}
		return store;
	}

	@Nullable Class<?> valueType() {
		return this.store.findValueType();
	}

	Object toKey(Object key) {
		BackingStore store = store();
		return (store != null) ? store.keys().toKey(key) : key;
	}

	/**
	 * Return whether the cache remembers that there is no value.
	 * @return whether absence is cached
	 */
	boolean cachesAbsent() {
		return this.spec.cachesAbsent(store() != null);
	}

	/**
	 * Check that a value can be written with a key, whatever the policy, before anything
	 * is done.
	 * @param key the key
	 * @param value the value
	 */
	void check(Object key, Object value) {
		if (value instanceof BaseStream || value instanceof Iterator) {
			throw new IllegalArgumentException("A %s can be read only once, so that cache '%s' can't keep it"
				.formatted(value.getClass().getName(), name()));
		}
		BackingStore store = store();
		if (store != null) {
			store.keys().check(key, value);
		}
	}

	/**
	 * Return whether a value that was loaded for a key is one that may be cached under
	 * it: a method may return something else, and a database may take another id for the
	 * same.
	 * @param key the key
	 * @param value the value
	 * @return whether it is the value of the key
	 */
	boolean isValueOf(Object key, Object value) {
		BackingStore store = store();
		return !(value instanceof BaseStream || value instanceof Iterator)
				&& (store == null || store.keys().isOf(key, value));
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
	 * Return the pending writes, if the cache ever deferred one.
	 * @return the pending writes, or {@code null}
	 */
	@Nullable PendingWrites pending() {
		return this.pending;
	}

	/**
	 * Return the pending writes of a cache with a store.
	 * @param store the store
	 * @return the pending writes
	 */
	PendingWrites pending(BackingStore store) {
		PendingWrites pending = this.pending;
		return (pending != null) ? pending : createPending(store);
	}

	private synchronized PendingWrites createPending(BackingStore store) {
		PendingWrites pending = this.pending;
		if (pending == null) {
			pending = this.infrastructure.pendingWrites()
				.create(name(), this.spec.writeBack(), store, new FlushedWrites());
			if (this.closed) {
				pending.suspend();
			}
			else {
				pending.open();
			}
			this.pending = pending;
		}
		return pending;
	}

	synchronized void open() {
		this.closed = false;
		if (this.pending != null) {
			this.pending.open();
		}
	}

	synchronized void close() {
		this.closed = true;
		if (this.pending != null) {
			this.pending.close();
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
		catch (Throwable ex) {
			this.unexpected
				.error("A committed value can't be copied: cache '" + name() + "', key '" + KeyText.of(key) + "'", ex);
			return null;
		}
	}

	/**
	 * Return what a value holds besides its own row.
	 * @param value the value in stored form
	 * @param moment since when it may have been read
	 * @return the parts
	 */
	HeldParts held(Object value, ReadMoment moment) {
		BackingStore store = store();
		Collection<Object> parts = (store != null && !Absent.is(value)) ? store.parts().of(value) : List.of();
		return (parts.isEmpty()) ? HeldParts.NONE : new HeldParts(parts, moment);
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
		return store != null && store.session().isConnected();
	}

	/**
	 * Return what follows from a change of this cache.
	 * @return the changes
	 */
	CacheChanges changes() {
		return this.changes;
	}

	/**
	 * Show a write to everyone.
	 * @param key the key
	 * @param value the value in stored form
	 * @param stamp the key's stamp before the write
	 */
	void publish(Object key, Object value, long stamp) {
		if (Absent.is(value)) {
			this.tier.evict(key);
		}
		else {
			this.tier.publish(key, value, stamp, held(value, this.tier.moment(store())));
		}
	}

	/**
	 * Defer the write of a dead letter once more, and show it.
	 * @param reservation the room for it
	 * @param letter the dead letter
	 * @param value the value in stored form
	 * @return whether there was no newer one
	 */
	boolean replay(PendingWrites.Reservation reservation, DeadLetter letter, Object value) {
		long stamp = this.tier.stamp(letter.key());
		boolean accepted = reservation.replay(letter, value);
		if (accepted) {
			publish(letter.key(), value, stamp);
		}
		return accepted;
	}

	/**
	 * Drop the entry of a key, in a transaction once more when it commits: until then
	 * others may cache what the transaction is about to change.
	 * @param key the key
	 * @return whether there was an entry
	 */
	boolean evict(Object key) {
		boolean existed = this.tier.evict(key);
		if (Transactions.isActive()) {
			CacheTransaction.add(this, new PreparedEviction(() -> {
				this.tier.evict(key);
				this.changes.dropped(List.of(key));
			}));
		}
		else {
			this.changes.dropped(List.of(key));
		}
		return existed;
	}

	/**
	 * Drop all entries, in a transaction once more when it commits.
	 * @return whether there was an entry
	 */
	boolean clear() {
		boolean existed = dropAll();
		if (Transactions.isActive()) {
			CacheTransaction.add(this, new PreparedEviction(() -> {
				dropAll();
				this.changes.cleared();
			}));
		}
		else {
			this.changes.cleared();
		}
		return existed;
	}

	private boolean dropAll() {
		boolean existed = this.tier.clear();
		PendingWrites pending = this.pending;
		BackingStore store = (pending != null) ? store() : null;
		if (pending != null && store != null) {
			store.versions().forgetAllBut(pending.keys());
		}
		return existed;
	}

	/**
	 * Caffeine dropped an entry. Called under its lock of the key.
	 * @param key the key
	 * @param expired whether that was for its age, not for the size of the cache
	 */
	void evicted(Object key, boolean expired) {
		this.tier.evicted(key);
		PendingWrites pending = this.pending;
		if (expired && pending != null && pending.find(key) == null) {
			BackingStore store = store();
			if (store != null) {
				store.versions().forget(key);
			}
		}
	}

	/**
	 * Drop the entries of keys that may have changed in the store, after a write of which
	 * nobody knows the outcome.
	 * @param keys the keys
	 */
	void forget(Collection<?> keys) {
		keys.forEach(this.tier::evict);
		this.changes.dropped(keys);
	}

	/**
	 * Drop the entries of keys that another instance changed.
	 * @param keys the keys
	 */
	void received(Collection<?> keys) {
		keys.forEach(this.tier::evict);
		this.changes.written();
	}

	/**
	 * Drop the entries that hold what another instance changed. Before the store is used
	 * for the first time there are none, but transactions that are older than the change.
	 * @param parts the names of what changed
	 */
	void receivedParts(Collection<PartName> parts) {
		BackingStore store = this.store.peek();
		if (store != null) {
			store.parts().tell(parts, new ReceivedParts(this.tier));
		}
		else {
			this.tier.changed((part) -> true, Set.of());
		}
		this.changes.written();
	}

	/**
	 * Drop all entries, as another instance may have changed any of them.
	 */
	void receivedAll() {
		this.tier.clear();
		this.changes.written();
	}

	/**
	 * Drop all entries, in a transaction once more when it commits: rows were changed
	 * where nobody could see it.
	 */
	void invalidate() {
		clear();
		this.changes.written();
	}

	/**
	 * Count rows that were changed without this cache.
	 * @param rows how many, as far as is known
	 */
	void bypassed(int rows) {
		this.bypassed.add(rows);
	}

	long bypassed() {
		return this.bypassed.sum();
	}

	StaleQueries staleQueries() {
		return this.staleQueries;
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
	private final class FlushedWrites implements PendingWrites.Listener {

		@Override
		public void onWritten(Object key, Object value, @Nullable Object stored) {
			CacheCore.this.tier.replace(key, value, stored,
					(stored != null) ? held(stored, ReadMoment.NEVER).parts() : List.of());
		}

		@Override
		public void onGivenUp(Object key) {
			CacheCore.this.tier.evict(key);
			// What was derived from the value never was in the store
			CacheCore.this.changes.published(List.of(key));
		}

		@Override
		public void onStoreChanged(Collection<Object> keys) {
			CacheCore.this.changes.published(keys);
		}

	}

}
