package io.cachepolicy.cache;

import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.stats.StatsCounter;
import io.cachepolicy.spi.BackingStore;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a cache. Nobody else changes Caffeine.
 * <p>
 * <b>Invariant.</b> An entry is never older than the last completed write or eviction of
 * its key. Each bringer of a value takes the key's {@link #stamp stamp} before the value
 * comes into being (before a load looks at pending writes and store, before a write
 * reaches the store) and hands it in with the value. Under Caffeine's lock of the key,
 * the value is taken only if the stamp has not moved; a completed write moves it under
 * the same lock, or before it comes to it. A deferred write moves it twice: when it is
 * accepted, and when the store has it, as only transactions that begin later see it
 * there. So
 * <ul>
 * <li>a load that a write overtook is not cached, and one that came first is replaced by
 * the write;</li>
 * <li>of writes that overlap, the first to complete is cached and each later one drops
 * the entry, as it can't know which of them the store has: the next read will.</li>
 * </ul>
 * The functions that run under the lock compare and count, and call nothing else.
 * <p>
 * <b>Direct puts.</b> Caffeine replaces an entry much faster by {@code put} than by
 * {@code compute}, but can't compare the stamp then. So writes and evictions of a key
 * exclude each other by a lock of this class: of two that overlap, the later one finds
 * the entry of the earlier one, or the stamp that it moved. Loads need not take part:
 * compared before the write moved the stamp, their value is replaced, as the write comes
 * to Caffeine's lock after them; compared later, it is refused. A listener may only run
 * in a thread of its own, or else it would run under this lock, and could wait for one
 * whose holder waits for this one. Where that is not certain, writes take Caffeine's lock
 * as the loads do.
 * <p>
 * <b>Parts.</b> An entry whose value holds other rows is dropped when one of them
 * changes. It is found by the {@link PartIndex}, which is changed under Caffeine's lock
 * of the key. Such a value is never put directly.
 */
final class CacheTier {

	private static final int LOCKS = 256;

	private final Cache<Object, Object> caffeine;

	private final ConcurrentMap<Object, Object> entries;

	private final WriteStamps stamps = new WriteStamps();

	private final KeptLoads keptLoads = new KeptLoads();

	private final PartIndex parts = new PartIndex();

	private final @Nullable StatsCounter directPuts;

	private final Object[] locks = new Object[LOCKS];

	private final boolean enabled;

	/**
	 * Create the entries of a cache.
	 * @param caffeine the cache
	 * @param directPuts counts direct puts, which Caffeine does not; {@code null} if
	 * listeners may run in threads that change the cache
	 * @param enabled whether anything is cached
	 */
	CacheTier(Cache<Object, Object> caffeine, @Nullable StatsCounter directPuts, boolean enabled) {
		this.caffeine = caffeine;
		this.entries = caffeine.asMap();
		this.directPuts = directPuts;
		this.enabled = enabled;
		Arrays.setAll(this.locks, (index) -> new Object());
	}

	/**
	 * Return the entry of a key, counted as hit or miss.
	 * @param key the key
	 * @return the value, or {@code null} if there is none
	 */
	@Nullable Object get(Object key) {
		return this.caffeine.getIfPresent(key);
	}

	/**
	 * Return the entry of a key, not counted.
	 * @param key the key
	 * @return the value, or {@code null} if there is none
	 */
	@Nullable Object peek(Object key) {
		return this.entries.get(key);
	}

	long stamp(Object key) {
		return this.stamps.get(key);
	}

	/**
	 * Return the moment for a thread that is about to read from the store.
	 * @param store the store, if there is one
	 * @return the moment
	 */
	ReadMoment moment(@Nullable BackingStore store) {
		return ReadMoment.now(store, this.parts.lastChange());
	}

	/**
	 * Return the stamp to insert a key with, which nobody knew before it was generated.
	 * @param key the key
	 * @param begin the logical time before the insert
	 * @return the stamp, one that never matches if the key was written since
	 */
	long stampOfInsert(Object key, long begin) {
		long stamp = this.stamps.get(key);
		return (this.stamps.isBefore(key, begin)) ? stamp : WriteStamps.NEVER;
	}

	/**
	 * Return whether the last write of a key completed before a transaction began.
	 * @param key the key
	 * @param begin when the transaction began
	 * @return whether the transaction sees the last write
	 */
	boolean isBefore(Object key, long begin) {
		return this.stamps.isBefore(key, begin);
	}

	/**
	 * Return how many loads of a key were kept, to be compared later.
	 * @param key the key
	 * @return a number that moves when a load is kept
	 */
	int keptLoads(Object key) {
		return this.keptLoads.get(key);
	}

	/**
	 * Cache a pending value.
	 * @param key the key
	 * @param value the value
	 * @param stamp the key's stamp before the value was found
	 */
	void populate(Object key, Object value, long stamp) {
		if (this.enabled) {
			compute(key, (k, current) -> (this.stamps.get(k) == stamp) ? value : current);
		}
	}

	/**
	 * Cache a value that was loaded, unless a load that overlapped was kept before: while
	 * a write is between its commit and the end of its call, the one of them that ends
	 * first may have found the new value, and the other one the old.
	 * @param key the key
	 * @param value the value
	 * @param stamp the key's stamp before the load
	 * @param kept how many loads were kept before the load
	 * @param held what the value holds
	 * @return the entry that there is now. Where it is another value, that one is to be
	 * read: later reads find it, and must not find an older one
	 */
	Object keep(Object key, Object value, long stamp, int kept, HeldParts held) {
		Object[] entry = { value };
		if (this.enabled) {
			compute(key, value, held, null, (k, current) -> {
				if (isFirst(k, stamp, kept)) {
					return value;
				}
				if (current != null) {
					entry[0] = current;
				}
				return current;
			});
		}
		return entry[0];
	}

	private boolean isFirst(Object key, long stamp, int kept) {
		return this.stamps.get(key) == stamp && this.keptLoads.keep(key, kept);
	}

	/**
	 * Cache a value that was loaded, unless the key has an entry.
	 * @param key the key
	 * @param value the value
	 * @return the entry there was, or {@code null}
	 */
	@Nullable Object publishIfAbsent(Object key, Object value) {
		if (!this.enabled) {
			return null;
		}
		Object[] existing = new Object[1];
		compute(key, (k, current) -> {
			if (current != null) {
				existing[0] = current;
				return current;
			}
			this.stamps.bump(k);
			return value;
		});
		return existing[0];
	}

	/**
	 * Cache a value that was written to a cache without a store, where the last one to
	 * come here is the last write.
	 * @param key the key
	 * @param value the value
	 */
	void put(Object key, Object value) {
		if (!this.enabled) {
			return;
		}
		if (this.directPuts == null) {
			written(key, (k, current) -> {
				this.stamps.bump(k);
				return value;
			});
			return;
		}
		synchronized (lockOf(key)) {
			this.stamps.bump(key);
			put(key, value, this.stamps.clears(), this.directPuts);
		}
	}

	/**
	 * Cache a value that was written, as the last step of the write.
	 * @param key the key
	 * @param value the value
	 * @param stamp the key's stamp before the write
	 * @param held what the value holds
	 */
	void publish(Object key, Object value, long stamp, HeldParts held) {
		if (!this.enabled) {
			return;
		}
		if (this.directPuts == null) {
			publishSlowly(key, value, stamp, held);
			return;
		}
		if (!held.isEmpty() || this.parts.isHolding(key)) {
			synchronized (lockOf(key)) {
				publishSlowly(key, value, stamp, held);
			}
			return;
		}
		long clears = this.stamps.clears();
		synchronized (lockOf(key)) {
			if (this.stamps.bump(key) == stamp) {
				put(key, value, clears, this.directPuts);
			}
			else {
				this.entries.remove(key);
			}
		}
	}

	private void publishSlowly(Object key, Object value, long stamp, HeldParts held) {
		try {
			compute(key, value, held, key, (k, current) -> (this.stamps.bump(k) == stamp) ? value : null);
		}
		catch (Throwable ex) {
			this.entries.remove(key);
			throw ex;
		}
	}

	private void put(Object key, Object value, long clears, StatsCounter counter) {
		try {
			this.caffeine.put(key, value);
		}
		catch (Throwable ex) {
			this.entries.remove(key);
			throw ex;
		}
		counter.recordLoadSuccess(0);
		dropIfCleared(key, value, clears);
	}

	/**
	 * Change the entry of a key that was written. If that fails, in a {@code Weigher} or
	 * an {@code Expiry} of the application, Caffeine leaves the entry as it was before
	 * the write.
	 * @param key the key
	 * @param change yields the entry, {@code null} for none
	 */
	private void written(Object key, BiFunction<Object, @Nullable Object, @Nullable Object> change) {
		try {
			compute(key, change);
		}
		catch (Throwable ex) {
			this.entries.remove(key);
			throw ex;
		}
	}

	private Object lockOf(Object key) {
		return this.locks[WriteStamps.index(key) % LOCKS];
	}

	/**
	 * Replace a written value by what the store made of it, and refuse what was loaded
	 * before the store had it.
	 * @param key the key
	 * @param written the value that was written
	 * @param stored the value as it was stored, {@code null} if that is not known
	 * @param storedParts what the stored value holds. Of each it is known that it did not
	 * change since the write was accepted, or else the stored value is not cached
	 */
	void replace(Object key, Object written, @Nullable Object stored, Collection<Object> storedParts) {
		compute(key, (k, current) -> {
			this.stamps.bump(k);
			if (stored == null || current != written) {
				return current;
			}
			if (storedParts.isEmpty() && !this.parts.isHolding(k)) {
				return stored;
			}
			if (this.parts.holdsAll(k, storedParts)) {
				this.parts.hold(k, storedParts);
				return stored;
			}
			this.parts.release(k);
			return null;
		});
	}

	/**
	 * Change an entry, and what is held for it, under Caffeine's lock of its key.
	 * @param key the key
	 * @param value the value that may become the entry
	 * @param held what it holds
	 * @param writtenKey the key if the value was written, {@code null} if it was loaded
	 * @param change yields the entry, {@code null} for none
	 */
	private void compute(Object key, Object value, HeldParts held, @Nullable Object writtenKey,
			BiFunction<Object, @Nullable Object, @Nullable Object> change) {
		if (held.isEmpty() && !this.parts.isHolding(key)) {
			compute(key, change);
			return;
		}
		try {
			compute(key, (k, current) -> {
				Object entry = change.apply(k, current);
				return (entry == current || hold(k, entry, value, held, writtenKey)) ? entry : null;
			});
		}
		catch (Throwable ex) {
			// Caffeine may have kept the entry of which the index has forgotten the parts
			drop(key);
			throw ex;
		}
		sweep();
	}

	/**
	 * Hold the parts of the entry that a key is about to have.
	 * @param key the key
	 * @param entry the entry, {@code null} for none
	 * @param value the value that may be it
	 * @param held what the value holds
	 * @param writtenKey the key if the value was written, {@code null} if it was loaded
	 * @return whether the entry may be cached
	 */
	private boolean hold(Object key, @Nullable Object entry, Object value, HeldParts held,
			@Nullable Object writtenKey) {
		if (entry == value && !held.isEmpty()) {
			this.parts.hold(key, held.parts());
			if (this.parts.isCurrent(held, writtenKey)) {
				return true;
			}
		}
		this.parts.release(key);
		return entry != value || held.isEmpty();
	}

	/**
	 * Let go of what is held for keys that have no entry any more.
	 */
	private void sweep() {
		if (this.parts.isSweepDue()) {
			this.parts.keys().forEach(this::trim);
			this.parts.swept();
		}
	}

	private void trim(Object key) {
		if (this.parts.isHolding(key) && !this.entries.containsKey(key)) {
			this.entries.compute(key, (k, current) -> {
				if (current == null) {
					this.parts.release(k);
				}
				return current;
			});
		}
	}

	/**
	 * Drop the entries that hold a part, which has changed.
	 * @param part the part
	 * @param own the keys of values that were written by that, which stay
	 */
	void changed(Object part, Set<Object> own) {
		evictAll(this.parts.changed(part, own), own);
	}

	/**
	 * Drop the entries that hold one of some parts, any of which may have changed.
	 * @param parts tells which
	 * @param own the keys of values that were written by that, which stay
	 */
	void changed(Predicate<Object> parts, Set<Object> own) {
		evictAll(this.parts.changed(parts), own);
	}

	private void evictAll(Collection<Object> keys, Set<Object> except) {
		keys.removeAll(except);
		keys.forEach(this::evict);
	}

	/**
	 * Return what the entry of a key holds.
	 * @param key the key
	 * @return the parts, maybe those of an earlier entry
	 */
	Collection<Object> partsOf(Object key) {
		return this.parts.partsOf(key);
	}

	/**
	 * Caffeine dropped an entry for size or age. Called under its lock of the key.
	 * @param key the key
	 */
	void evicted(Object key) {
		this.parts.release(key);
	}

	/**
	 * Return how many keys and parts are held.
	 * @return how much is in the index of parts
	 */
	int heldParts() {
		return this.parts.size();
	}

	/**
	 * Change an entry under Caffeine's lock of its key. An entry that is being made is
	 * not seen by Caffeine's {@code invalidateAll}, so it is dropped here if the cache
	 * was cleared meanwhile.
	 * @param key the key
	 * @param change yields the entry, {@code null} for none
	 */
	private void compute(Object key, BiFunction<Object, @Nullable Object, @Nullable Object> change) {
		long clears = this.stamps.clears();
		Object made = this.entries.compute(key, change);
		if (made != null) {
			dropIfCleared(key, made, clears);
		}
	}

	private void dropIfCleared(Object key, Object made, long clears) {
		if (this.stamps.clears() != clears) {
			this.entries.computeIfPresent(key, (k, current) -> (current == made) ? null : current);
			trim(key);
		}
	}

	/**
	 * Drop the entry of a key, and refuse what is being loaded for it.
	 * @param key the key
	 * @return whether there was an entry
	 */
	boolean evict(Object key) {
		if (this.directPuts == null) {
			return forget(key);
		}
		synchronized (lockOf(key)) {
			return forget(key);
		}
	}

	/**
	 * Drop the entry of a key, and refuse what is being loaded for it.
	 * @param key the key
	 * @param expected an earlier stamp of the key
	 * @return the stamp to publish a value with that was written since the earlier one,
	 * which never matches if there was another write
	 */
	long evict(Object key, long expected) {
		if (this.directPuts == null) {
			return forget(key, expected);
		}
		synchronized (lockOf(key)) {
			return forget(key, expected);
		}
	}

	private long forget(Object key, long expected) {
		long stamp = this.stamps.bump(key, expected);
		drop(key);
		return stamp;
	}

	private boolean forget(Object key) {
		this.stamps.bump(key);
		return drop(key);
	}

	private boolean drop(Object key) {
		boolean existed = this.entries.remove(key) != null;
		trim(key);
		return existed;
	}

	/**
	 * Drop all entries, and refuse what is being loaded.
	 * @return whether there was an entry
	 */
	boolean clear() {
		this.stamps.bumpAll();
		boolean notEmpty = !this.entries.isEmpty();
		this.caffeine.invalidateAll();
		this.parts.keys().forEach(this::trim);
		return notEmpty;
	}

}
