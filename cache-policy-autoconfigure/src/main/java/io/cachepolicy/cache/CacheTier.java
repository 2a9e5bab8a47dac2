package io.cachepolicy.cache;

import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;

import com.github.benmanes.caffeine.cache.Cache;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a cache. Nobody else changes Caffeine.
 * <p>
 * <b>Invariant.</b> An entry is never older than the last completed write or eviction of
 * its key. Everyone who brings a value takes the key's {@link #stamp stamp} before the
 * value comes into being (before a load looks at pending writes and store, before a write
 * reaches the store) and hands it in with the value. Under Caffeine's lock of the key,
 * the value is taken only if the stamp has not moved; a completed write moves it under
 * the same lock. A deferred write moves it twice: when it is accepted, and when the store
 * has it, as only transactions that begin later see it there. So
 * <ul>
 * <li>a load that a write overtook is not cached, and one that came first is replaced by
 * the write;</li>
 * <li>of writes that overlap, the first to complete is cached and each later one drops
 * the entry, as it can't know which of them the store has: the next read will.</li>
 * </ul>
 * The functions that run under the lock compare and count, and call nothing else.
 */
final class CacheTier {

	private final Cache<Object, Object> caffeine;

	private final ConcurrentMap<Object, Object> entries;

	private final WriteStamps stamps = new WriteStamps();

	private final boolean enabled;

	CacheTier(Cache<Object, Object> caffeine, boolean enabled) {
		this.caffeine = caffeine;
		this.entries = caffeine.asMap();
		this.enabled = enabled;
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
	 * Cache a value that was loaded.
	 * @param key the key
	 * @param value the value
	 * @param stamp the key's stamp before the load
	 */
	void populate(Object key, Object value, long stamp) {
		if (this.enabled) {
			compute(key, (k, current) -> (this.stamps.get(k) == stamp) ? value : current);
		}
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
		if (this.enabled) {
			compute(key, (k, current) -> {
				this.stamps.bump(k);
				return value;
			});
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
		compute(key, (k, current) -> {
			boolean alone = this.stamps.get(k) == stamp;
			this.stamps.bump(k);
			return (alone) ? value : null;
		});
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
		if (made != null && this.stamps.clears() != clears) {
			this.entries.computeIfPresent(key, (k, current) -> (current == made) ? null : current);
		}
	}

	/**
	 * Drop the entry of a key, and refuse what is being loaded for it.
	 * @param key the key
	 * @return whether there was an entry
	 */
	boolean evict(Object key) {
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
