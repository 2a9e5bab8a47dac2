package io.cachepolicy.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A view of a cache through which the methods of its repository work. They do what they
 * do without the cache: in a transaction that can write, the repository returns managed
 * instances and the transaction stores them when it flushes; outside of one, reads are
 * those of the cache, and writes follow the policy.
 * <p>
 * For one call, by one thread.
 */
public final class RepositoryView {

	private final CacheCore core;

	private final BackingStore store;

	private final CacheOperations operations;

	private final Writes writes;

	private final WritePolicy policy;

	RepositoryView(CacheCore core, BackingStore store, CacheOperations operations, WritePolicy policy) {
		this.core = core;
		this.store = store;
		this.operations = operations;
		this.writes = operations.writes();
		this.policy = policy;
	}

	/**
	 * Return whether the cache answers a read: what it returns is detached, so that
	 * nobody may expect a session to manage it. Where the repository answers, it does not
	 * see what is pending. That is flushed first, unless a transaction is under way or
	 * the store is away, in which case the cache answers all the same; a transaction that
	 * can write stores it by itself.
	 * @param ids the ids to read
	 * @return {@code false} in a transaction that can write, and also in others and in
	 * the session of a web request unless {@code detached-reads} says so
	 */
	public boolean isAnswering(Collection<?> ids) {
		return mayBeDetached() || isHiding(ids);
	}

	private boolean mayBeDetached() {
		if (TransactionSynchronizationManager.isActualTransactionActive()) {
			return this.core.spec().detachedReads() && TransactionSynchronizationManager.isCurrentTransactionReadOnly();
		}
		// Most often there is nothing, which costs less to find out
		return TransactionSynchronizationManager.getResourceMap().isEmpty() || this.core.spec().detachedReads()
				|| !this.store.session().isBound();
	}

	private boolean isHiding(Collection<?> ids) {
		PendingWrites pending = this.core.pending();
		if (pending == null || pending.size() == 0
				|| (TransactionSynchronizationManager.isActualTransactionActive() && isWritable())) {
			return false;
		}
		List<Object> keys = new ArrayList<>();
		ids.forEach((id) -> keys.add(this.store.keys().toKey(id)));
		if (isHidden(keys, pending) && pending.status().awayFor().isZero()) {
			this.operations.flushEarly();
		}
		return isHidden(keys, pending);
	}

	// The repository would return what is older; what the session has loaded stays there
	private boolean isHidden(List<Object> keys, PendingWrites pending) {
		return keys.stream().anyMatch((key) -> pending.find(key) != null && !this.store.session().isLoaded(key));
	}

	/**
	 * Return whether the cache takes part in writes.
	 * @return {@code false} in a read-only transaction, which flushes nothing
	 */
	public boolean isWritable() {
		return !TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.isCurrentTransactionReadOnly();
	}

	/**
	 * Return the value of an id, loaded if it is not cached.
	 * @param id the id
	 * @return the value, or {@code null} if there is none
	 */
	public @Nullable Object find(Object id) {
		return this.operations.get(id, null);
	}

	/**
	 * Return whether there is a value, as far as that is known without the store.
	 * @param id the id
	 * @return whether there is one, {@code null} if only the store can tell
	 */
	public @Nullable Boolean exists(Object id) {
		ValueWrapper known = this.operations.find(id);
		return (known != null) ? known.get() != null : null;
	}

	/**
	 * Return the values of ids.
	 * @param ids the ids
	 * @return the values found, each once
	 */
	public List<Object> findAll(Collection<?> ids) {
		return new ArrayList<>(this.operations.getAll(ids).values());
	}

	/**
	 * Save a value.
	 * @param value the value
	 * @return the stored instance, or the value itself if its write is deferred
	 */
	public Object save(Object value) {
		return this.writes.save(this.store, this.policy, value, WriteMode.JOINED);
	}

	/**
	 * Save a value, and send it to the store before this method returns.
	 * @param value the value
	 * @return the stored instance
	 */
	public Object saveAndFlush(Object value) {
		return this.writes.save(this.store, storing(), value, WriteMode.NOW);
	}

	/**
	 * Save values: all or none, unless their writes are deferred.
	 * @param values the values
	 * @return what {@link #save} returns for them, in the same order
	 */
	public List<Object> saveAll(List<?> values) {
		return (this.writes.isDeferred(this.policy)) ? deferAll(values)
				: inTransaction(() -> storeAll(values, this.policy, WriteMode.JOINED));
	}

	/**
	 * Save values, all or none, and send them to the store before this method returns.
	 * @param values the values
	 * @return the stored instances, in the same order
	 */
	public List<Object> saveAllAndFlush(List<?> values) {
		return inTransaction(() -> storeAll(values, storing(), WriteMode.NOW));
	}

	private WritePolicy storing() {
		return (this.policy == WritePolicy.WRITE_BACK) ? WritePolicy.WRITE_THROUGH : this.policy;
	}

	private List<Object> deferAll(List<?> values) {
		List<Object> saved = new ArrayList<>(values);
		List<Object> stored = new ArrayList<>();
		Map<Object, Object> deferred = new LinkedHashMap<>();
		for (Object value : values) {
			Object key = this.store.keys().keyOf(value);
			if (key == null || Writes.generatesKeys(this.store, value)) {
				stored.add(value);
			}
			else {
				deferred.put(key, value);
			}
		}
		if (!stored.isEmpty()) {
			// First what may be refused
			List<Object> instances = inTransaction(() -> storeAll(stored, this.policy, WriteMode.NOW_FOR_DEFERRED));
			for (int i = 0; i < stored.size(); i++) {
				Object value = stored.get(i);
				Object instance = instances.get(i);
				saved.replaceAll((candidate) -> (candidate == value) ? instance : candidate);
			}
		}
		this.writes.deferAll(this.store, deferred);
		return saved;
	}

	private List<Object> storeAll(List<?> values, WritePolicy policy, WriteMode mode) {
		List<Object> saved = new ArrayList<>(values);
		Map<Object, Object> detached = new LinkedHashMap<>();
		for (int i = 0; i < saved.size(); i++) {
			Object value = saved.get(i);
			Object key = this.store.keys().keyOf(value);
			if (key == null || this.store.session().isManaged(value)) {
				WriteMode single = (mode != WriteMode.NOW_FOR_DEFERRED) ? mode : WriteMode.JOINED;
				saved.set(i, this.writes.save(this.store, storing(), value, single));
			}
			else {
				detached.put(key, value);
			}
		}
		if (!detached.isEmpty()) {
			// Together, as their rows are looked for by one query
			Map<Object, Object> stored = this.writes.store(this.store, policy, detached,
					(detached.size() > 1 && mode == WriteMode.JOINED) ? WriteMode.NOW : mode);
			saved.replaceAll((value) -> {
				Object key = this.store.keys().keyOf(value);
				return (key != null && detached.containsKey(key)) ? stored.getOrDefault(key, value) : value;
			});
		}
		return saved;
	}

	/**
	 * Delete rows by their ids, as the policy says.
	 * @param ids the ids
	 * @param call deletes them by the repository, for all but deferred writes
	 */
	public void deleteByIds(Collection<?> ids, Runnable call) {
		Set<Object> keys = new LinkedHashSet<>();
		ids.forEach((id) -> keys.add(this.store.keys().toKey(id)));
		delete(keys, call);
	}

	/**
	 * Delete the rows of values, as the policy says. What has no id yet has no row.
	 * @param values the values
	 * @param call deletes them by the repository, for all but deferred writes
	 */
	public void delete(Collection<?> values, Runnable call) {
		Set<Object> keys = new LinkedHashSet<>();
		for (Object value : values) {
			Object key = this.store.keys().keyOf(value);
			if (key != null) {
				keys.add(key);
			}
		}
		delete(keys, call);
	}

	private void delete(Set<Object> keys, Runnable call) {
		if (keys.isEmpty()) {
			call.run();
		}
		else if (this.writes.isDeferred(this.policy)) {
			Map<Object, Object> removals = new LinkedHashMap<>();
			keys.forEach((key) -> removals.put(key, Absent.VALUE));
			this.writes.deferAll(this.store, removals);
		}
		else {
			this.writes.delete(this.store, this.policy, keys, call);
		}
	}

	private <T> T inTransaction(Supplier<T> action) {
		if (!Transactions.isActive()
				&& this.store.traits().transactionManager() instanceof PlatformTransactionManager manager) {
			return new TransactionTemplate(manager).execute((status) -> action.get());
		}
		return action.get();
	}

}
