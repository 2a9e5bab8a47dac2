package io.cachepolicy.cache;

import java.util.Arrays;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.stats.StatsCounter;
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
 */
final class CacheTier {

	private static final int LOCKS = 256;

	private final Cache<Object, Object> caffeine;

	private final ConcurrentMap<Object, Object> entries;

	private final WriteStamps stamps = new WriteStamps();

	private final KeptLoads keptLoads = new KeptLoads();

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
	 * @return the entry that there is now. Where it is another value, that one is to be
	 * read: later reads find it, and must not find an older one
	 */
	Object keep(Object key, Object value, long stamp, int kept) {
		Object[] entry = { value };
		if (this.enabled) {
			compute(key, (k, current) -> {
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
	 */
	void publish(Object key, Object value, long stamp) {
		if (!this.enabled) {
			return;
		}
		if (this.directPuts == null) {
			written(key, (k, current) -> (this.stamps.bump(k) == stamp) ? value : null);
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
	 */
	void replace(Object key, Object written, @Nullable Object stored) {
		compute(key, (k, current) -> {
			this.stamps.bump(k);
			return (stored != null && current == written) ? stored : current;
		});
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

	private boolean forget(Object key) {
		this.stamps.bump(key);
		return this.entries.remove(key) != null;
	}

	/**
	 * Drop all entries, and refuse what is being loaded.
	 * @return whether there was an entry
	 */
	boolean clear() {
		this.stamps.bumpAll();
		boolean notEmpty = !this.entries.isEmpty();
		this.caffeine.invalidateAll();
		return notEmpty;
	}

}
