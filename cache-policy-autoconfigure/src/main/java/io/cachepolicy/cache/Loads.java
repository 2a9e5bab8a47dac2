package io.cachepolicy.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.interceptor.CacheOperationInvoker.ThrowableWrapper;

/**
 * The loads that are under way, at most one per key: a thread that misses a key that is
 * being loaded waits for that load, holding no lock.
 * <p>
 * A reader joins a load only if it would have loaded the same: if the key was written, or
 * another load of it was kept, since the load began, a later reader starts one of its
 * own. Nor is a load joined if that would make threads wait in a circle: a thread notes
 * what it is about to wait for, then follows the chain of owners and what they wait for,
 * and loads by itself if it meets itself. Of the threads that close a circle at the same
 * time at least one sees it, as each has noted its own wait before it looks.
 * <p>
 * A thread in a transaction, or in a web request with an open persistence context, may
 * hold a connection that the owner of another load still needs from the same pool. So it
 * only waits for owners that have one too.
 */
final class Loads {

	private static final ConcurrentMap<Thread, Load> waiting = new ConcurrentHashMap<>();

	private final ConcurrentMap<Object, Load> underWay = new ConcurrentHashMap<>();

	private final BooleanSupplier connected;

	/**
	 * Create loads.
	 * @param connected whether the current thread holds a connection outside of a
	 * transaction
	 */
	Loads(BooleanSupplier connected) {
		this.connected = connected;
	}

	/**
	 * Load a key, or wait for the load that is under way.
	 * @param key the key
	 * @param stamp the key's stamp before the value was missed
	 * @param kept how many loads of the key were kept before
	 * @param loader yields the value
	 * @return the value, shared with other threads
	 */
	Object load(Object key, long stamp, int kept, Supplier<Object> loader) {
		Load mine = new Load(Thread.currentThread(), stamp, kept, isConnected());
		Load other = begin(key, mine);
		if (other != null) {
			Object value = join(other);
			return (value != null) ? value : loader.get();
		}
		try {
			Object value = loader.get();
			mine.complete(value);
			return value;
		}
		catch (Throwable ex) {
			mine.completeExceptionally(ex);
			throw ex;
		}
		finally {
			this.underWay.remove(key, mine);
		}
	}

	/**
	 * Load a key without waiting, or join the load that is under way.
	 * @param key the key
	 * @param stamp the key's stamp before the value was missed
	 * @param kept how many loads of the key were kept before
	 * @param loader yields the value, later
	 * @return the value, shared with others
	 */
	CompletableFuture<Object> loadAsync(Object key, long stamp, int kept, Supplier<CompletableFuture<Object>> loader) {
		Load mine = new Load(null, stamp, kept, isConnected());
		Load other = begin(key, mine);
		if (other != null) {
			return other;
		}
		try {
			loader.get().whenComplete((value, ex) -> {
				this.underWay.remove(key, mine);
				if (ex != null) {
					mine.completeExceptionally(ex);
				}
				else {
					mine.complete(value);
				}
			});
		}
		catch (Throwable ex) {
			this.underWay.remove(key, mine);
			mine.completeExceptionally((ex instanceof ThrowableWrapper wrapper) ? wrapper.getOriginal() : ex);
			// Waiting threads get what the caller gets: Spring's interceptor unwraps it
			throw ex;
		}
		return mine;
	}

	private boolean isConnected() {
		return Transactions.isActive() || this.connected.getAsBoolean();
	}

	private @Nullable Load begin(Object key, Load mine) {
		Load current = this.underWay.compute(key, (k, load) -> (load != null && load.isFor(mine)) ? load : mine);
		return (current != mine) ? current : null;
	}

	private @Nullable Object join(Load load) {
		Thread thread = Thread.currentThread();
		waiting.put(thread, load);
		try {
			return (leadsTo(load, thread)) ? null : load.join();
		}
		catch (CompletionException ex) {
			Loads.<RuntimeException>rethrow((ex.getCause() != null) ? ex.getCause() : ex);
			return null;
		}
		finally {
			waiting.remove(thread);
		}
	}

	private static boolean leadsTo(Load load, Thread thread) {
		for (Load next = load; next != null && !next.isDone(); next = waiting.get(next.owner)) {
			if (next.owner == thread) {
				return true;
			}
			if (next.owner == null) {
				return false;
			}
		}
		return false;
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> void rethrow(Throwable ex) throws E {
		throw (E) ex;
	}

	/**
	 * A load that is under way, and the thread that runs it.
	 */
	private static final class Load extends CompletableFuture<Object> {

		private final @Nullable Thread owner;

		private final long stamp;

		private final int kept;

		private final boolean connected;

		Load(@Nullable Thread owner, long stamp, int kept, boolean connected) {
			this.owner = owner;
			this.stamp = stamp;
			this.kept = kept;
			this.connected = connected;
		}

		boolean isFor(Load other) {
			return this.stamp == other.stamp && this.kept == other.kept && (this.connected || !other.connected);
		}

	}

}
