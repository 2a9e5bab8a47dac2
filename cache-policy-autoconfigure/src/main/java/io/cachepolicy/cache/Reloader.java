package io.cachepolicy.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.CacheLoader;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import org.jspecify.annotations.Nullable;

/**
 * Reloads entries from the store in the background, after {@code refresh-after-write}.
 * Caffeine drops the outcome if the entry was written or dropped meanwhile. An entry
 * whose write is pending is newer than the store, and stays.
 */
final class Reloader implements CacheLoader<Object, Object> {

	private final Supplier<CacheCore> core;

	Reloader(Supplier<CacheCore> core) {
		this.core = core;
	}

	/**
	 * Not called: entries are loaded by {@link Reads}.
	 */
	@Override
	public Object load(Object key) {
		throw new UnsupportedOperationException("Use the PolicyCache to load entries");
	}

	@Override
	public CompletableFuture<Object> asyncReload(Object key, Object entry, Executor executor) {
		return CompletableFuture.supplyAsync(() -> reload(key, entry), this.core.get().executor());
	}

	@Override
	@SuppressWarnings("NullAway") // Caffeine drops an entry whose reload yields null
	public @Nullable Object reload(Object key, Object entry) {
		CacheCore core = this.core.get();
		BackingStore store = core.store();
		if (store == null || isPending(core, key)) {
			return entry;
		}
		long stamp = core.tier().stamp(key);
		int kept = core.tier().keptLoads(key);
		ReadMoment moment = core.tier().moment(store);
		Object value = store.load(key);
		if (isPending(core, key)) {
			return entry;
		}
		if (value != null) {
			Object copy = core.isolate(value);
			HeldParts held = core.held(copy, moment);
			if (held.isEmpty()) {
				return copy;
			}
			// Caffeine can't compare: it drops its own outcome if there is a new entry
			core.tier().keep(key, copy, stamp, kept, held);
			return entry;
		}
		return (core.spec().cachesAbsent(true)) ? Absent.VALUE : null;
	}

	private static boolean isPending(CacheCore core, Object key) {
		PendingWrites pending = core.pending();
		return pending != null && pending.find(key) != null;
	}

}
