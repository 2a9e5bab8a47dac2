package io.cachepolicy.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.PreparedWrite;
import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Reads of one cache: what the transaction wrote or has loaded, else the entry, else the
 * pending write, else a load.
 * <p>
 * No lock is held while a loader runs. A pending write is looked for after the key's
 * {@link CacheTier#stamp stamp} was taken and before the store is asked: it leaves only
 * when the store has it, so that one of the two is found, and only after the stamp moved,
 * so that a transaction with an older snapshot does not cache what it finds there.
 * <p>
 * Entries that other instances may have changed are dropped before the first look, so
 * that a load which began before is not joined.
 */
final class Reads {

	private final CacheCore core;

	private final CacheTier tier;

	private final Loads loads;

	Reads(CacheCore core) {
		this.core = core;
		this.tier = core.tier();
		this.loads = new Loads(core::isConnected);
	}

	/**
	 * Return what is known of a key without a load.
	 * @param key the key
	 * @return the value in stored form, or {@code null} if nothing is known
	 */
	@Nullable Object find(Object key) {
		this.core.changes().ensureCurrent();
		return findCurrent(key);
	}

	private @Nullable Object findCurrent(Object key) {
		Object own = findOwn(key);
		if (own != null) {
			return (own != PreparedWrite.IN_STORE) ? own : null;
		}
		Object entry = this.tier.get(key);
		return (entry != null) ? entry : findPending(key, this.tier.stamp(key));
	}

	/**
	 * Return the value of a key, loaded if nothing is known of it.
	 * @param key the key
	 * @param loader yields the value
	 * @return the value in stored form
	 */
	Object get(Object key, Loader loader) {
		Object found = find(key);
		return (found != null) ? found : load(key, loader);
	}

	/**
	 * Load the value of a key of which nothing was {@link #find found}.
	 * @param key the key
	 * @param loader yields the value
	 * @return the value in stored form
	 */
	Object load(Object key, Loader loader) {
		LoadTicket ticket = ticket(key);
		Object pending = findPending(ticket);
		if (pending != null) {
			return pending;
		}
		Supplier<Object> load = () -> keep(ticket, loader.load(), loader);
		if (ticket.visibility() != LoadTicket.Visibility.NOW) {
			return load.get();
		}
		return this.loads.load(key, ticket.stampToShare(), ticket.keptLoads(), () -> {
			Object entry = this.tier.peek(key);
			return (entry != null) ? entry : load.get();
		});
	}

	/**
	 * Return the value of a key without waiting.
	 * @param key the key
	 * @param future yields the value, later
	 * @param loader decides what is cached
	 * @return the value in stored form, later
	 */
	CompletableFuture<Object> getAsync(Object key, Supplier<? extends CompletableFuture<?>> future, Loader loader) {
		Object found = find(key);
		if (found != null) {
			return CompletableFuture.completedFuture(found);
		}
		LoadTicket ticket = ticket(key);
		Object pending = findPending(ticket);
		if (pending != null) {
			return CompletableFuture.completedFuture(pending);
		}
		Supplier<CompletableFuture<Object>> load = () -> future.get()
			.thenApply((value) -> keepAsync(ticket, value, loader));
		return (ticket.visibility() == LoadTicket.Visibility.NOW)
				? this.loads.loadAsync(key, ticket.stampToShare(), ticket.keptLoads(), load) : load.get();
	}

	/**
	 * Return the values of keys, those that are not known loaded from the store at once.
	 * @param keys the keys
	 * @return the values in stored form, absent ones left out
	 */
	Map<Object, Object> getAll(Collection<Object> keys) {
		Map<Object, Object> values = new LinkedHashMap<>();
		List<LoadTicket> missing = new ArrayList<>();
		this.core.changes().ensureCurrent();
		for (Object key : keys) {
			Object found = findCurrent(key);
			// Keeps the order of the keys for those that are loaded later
			values.put(key, (found != null) ? found : Absent.VALUE);
			if (found == null) {
				missing.add(ticket(key));
			}
		}
		loadAll(missing, values);
		values.values().removeIf(Absent::is);
		return values;
	}

	private void loadAll(List<LoadTicket> missing, Map<Object, Object> values) {
		BackingStore store = this.core.store();
		missing.removeIf((ticket) -> {
			Object pending = findPending(ticket);
			return pending != null && values.put(ticket.key(), pending) != null;
		});
		if (store == null || missing.isEmpty()) {
			return;
		}
		Map<Object, Object> loaded = store.loadAll(missing.stream().map(LoadTicket::key).toList());
		for (LoadTicket ticket : missing) {
			values.put(ticket.key(), keep(ticket, loaded.get(ticket.key()), Loader.NONE));
		}
	}

	/**
	 * Take the ticket of a load that is about to begin.
	 * @param key the key
	 * @return the ticket
	 */
	LoadTicket ticket(Object key) {
		return LoadTicket.take(key, this.tier, this.core.store());
	}

	/**
	 * Cache a value that was loaded, if its ticket allows.
	 * @param ticket the ticket
	 * @param value the value, {@code null} for none
	 * @param loader decides whether it is cached
	 * @return the value in stored form
	 */
	Object keep(LoadTicket ticket, @Nullable Object value, Loader loader) {
		Object stored = (value != null) ? this.core.isolate(value) : Absent.VALUE;
		Object entry = stored;
		if (isCacheable(ticket, value, loader)) {
			if (ticket.visibility() != LoadTicket.Visibility.NOW && ticket.isOfCurrentTransaction()) {
				CacheTransaction.load(this.core, ticket.key(), stored, ticket.stamp());
			}
			switch (ticket.visibility()) {
				case NOW -> {
					entry = keep(ticket, stored);
				}
				case AFTER_COMMIT -> {
					if (ticket.isOfCurrentTransaction()) {
						CacheTransaction.add(this.core, () -> populate(ticket, value, stored));
					}
				}
				case NEVER -> {
					// The value may be older than the last write
				}
			}
		}
		loader.loaded(value);
		return entry;
	}

	private Object keepAsync(LoadTicket ticket, @Nullable Object value, Loader loader) {
		Object stored = (value != null) ? this.core.isolate(value) : Absent.VALUE;
		// The transaction of the caller, if there was one, is not the one of this thread
		Object entry = (ticket.visibility() == LoadTicket.Visibility.NOW && isCacheable(ticket, value, loader))
				? keep(ticket, stored) : stored;
		loader.loaded(value);
		return entry;
	}

	private Object keep(LoadTicket ticket, Object stored) {
		return this.tier.keep(ticket.key(), stored, ticket.stamp(), ticket.keptLoads(),
				this.core.held(stored, ticket.moment()));
	}

	private boolean isCacheable(LoadTicket ticket, @Nullable Object value, Loader loader) {
		boolean mayBe = (value != null) ? this.core.isValueOf(ticket.key(), value) : this.core.cachesAbsent();
		return mayBe && loader.isCacheable(value);
	}

	/**
	 * Cache a value that was loaded in a transaction which has committed. If it is
	 * managed, the transaction may have changed it since.
	 * @param ticket the ticket of the load
	 * @param value the value
	 * @param stored the value in stored form, as it was when it was loaded
	 */
	private void populate(LoadTicket ticket, @Nullable Object value, Object stored) {
		BackingStore store = this.core.store();
		Object current = stored;
		if (value != null && store != null && store.session().isManaged(value)) {
			current = this.core.isolate(value);
		}
		keep(ticket, current);
	}

	/**
	 * Return what the transaction wrote for a key, or has loaded. If it has changed the
	 * row without the cache, neither entry nor pending write counts.
	 * @param key the key
	 * @return the value in stored form, {@link PreparedWrite#IN_STORE} if only the store
	 * knows it, or {@code null} if the transaction did neither
	 */
	private @Nullable Object findOwn(Object key) {
		if (this.core.isPassThrough() || TransactionSynchronizationManager.getResourceMap().isEmpty()) {
			// To look for one of the resources of the thread costs more than a hit
			return null;
		}
		CacheTransaction transaction = CacheTransaction.current(this.core);
		Object own = (transaction != null) ? transaction.find(key) : null;
		if (own != null && own != PreparedWrite.IN_STORE) {
			return (isChangedSince(key, own)) ? PreparedWrite.IN_STORE : own;
		}
		if (Transactions.isActive() && isChangedInSession(key)) {
			return PreparedWrite.IN_STORE;
		}
		Object loaded = (transaction != null) ? transaction.findLoaded(key, this.tier.stamp(key)) : null;
		return (loaded != null) ? loaded : own;
	}

	/**
	 * Return whether the session has changed its own instance of a row after the
	 * transaction wrote another one: that would have been written over it.
	 * @param key the key
	 * @param own what the transaction wrote
	 * @return whether the session is to be asked
	 */
	private boolean isChangedSince(Object key, Object own) {
		BackingStore store = this.core.store();
		return store != null && store.session().isChanged(key) && !store.session().isManual()
				&& (Absent.is(own) || !store.session().isManaged(own));
	}

	/**
	 * Return whether the transaction is about to change a row: its session has an
	 * instance of it, or of a part of its value, that differs from the row.
	 * @param key the key
	 * @return whether the session is to be asked
	 */
	private boolean isChangedInSession(Object key) {
		BackingStore store = this.core.store();
		if (store == null || store.session().isChanged(key)) {
			return store != null;
		}
		Collection<Object> parts = this.tier.partsOf(key);
		return !parts.isEmpty() && parts.stream().anyMatch(store.session()::isPartChanged);
	}

	/**
	 * Return the pending value of a key that is about to be loaded.
	 * @param ticket the ticket of the load
	 * @return the value in stored form, or {@code null} if nothing is pending, or if the
	 * transaction has changed the row since
	 */
	@Nullable Object findPending(LoadTicket ticket) {
		return (findOwn(ticket.key()) != PreparedWrite.IN_STORE) ? findPending(ticket.key(), ticket.stamp()) : null;
	}

	/**
	 * Return the pending value of a key, and cache it unless it holds other rows: they
	 * may have changed since it was accepted, which counts again when it is stored.
	 * @param key the key
	 * @param stamp the key's stamp
	 * @return the value in stored form, or {@code null} if nothing is pending
	 */
	private @Nullable Object findPending(Object key, long stamp) {
		PendingWrites writes = this.core.pending();
		Object pending = (writes != null) ? writes.find(key) : null;
		if (pending != null && !Absent.is(pending) && this.core.held(pending, ReadMoment.NEVER).isEmpty()) {
			this.tier.populate(key, pending, stamp);
		}
		return pending;
	}

}
