package io.cachepolicy.cache;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

import io.cachepolicy.FlushReport;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.PendingWrites.RequestedFlush;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.Durations;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.OwnThreads;
import io.cachepolicy.spi.PartName;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The {@link PolicyCacheManager} of {@link CaffeinePolicyCache Caffeine caches}. Creating
 * it and its caches touches no store; those are found on first use, or by
 * {@link #validate}.
 */
public final class CaffeinePolicyCacheManager implements ConfigurablePolicyCacheManager, AutoCloseable {

	private static final Log logger = LogFactory.getLog(CaffeinePolicyCacheManager.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

	private final Map<String, Managed> caches = new ConcurrentHashMap<>();

	private final Function<String, @Nullable CacheSpec> undeclared;

	private final CacheInfrastructure infrastructure;

	private final CaffeineFactory caffeineFactory;

	private final OwnThreads threads = new OwnThreads();

	private final boolean passThrough;

	private final List<Consumer<ManagedPolicyCache>> listeners = new CopyOnWriteArrayList<>();

	private final Object lifecycle = new Object();

	private boolean stopped;

	/**
	 * Create a manager.
	 * @param declared the caches that exist from the start
	 * @param undeclared yields the settings of any other cache that is asked for,
	 * {@code null} if there is to be none of that name
	 * @param infrastructure what the caches are made with
	 * @param passThrough whether caching is switched off: nothing is cached, and every
	 * write reaches the store at once
	 */
	public CaffeinePolicyCacheManager(Collection<CacheSpec> declared, Function<String, @Nullable CacheSpec> undeclared,
			CacheInfrastructure infrastructure, boolean passThrough) {
		this.undeclared = undeclared;
		this.infrastructure = infrastructure;
		this.caffeineFactory = new CaffeineFactory(infrastructure.customizer());
		this.passThrough = passThrough;
		declared.forEach((spec) -> this.caches.put(spec.name(), create(spec)));
		infrastructure.channel().subscribe(new ReceivedChanges());
	}

	@Override
	public @Nullable CaffeinePolicyCache getCache(String name) {
		Managed managed = managed(name);
		return (managed != null) ? managed.cache() : null;
	}

	@Override
	public Collection<String> getCacheNames() {
		return List.copyOf(this.caches.keySet());
	}

	@Override
	public void declare(String name, String origin) {
		if (managed(name) == null) {
			throw new InvalidPolicyCacheException(
					"%s names the cache '%s', which is not among the names that are allowed".formatted(origin, name),
					"Declare it under 'cache-policy.caches', or add it to 'spring.cache.cache-names'.");
		}
	}

	@Override
	public void infer(String name, Class<?> valueType, String origin) {
		Managed managed = managed(name);
		if (managed != null) {
			managed.store().infer(valueType, origin);
		}
	}

	@Override
	public void validate() {
		List.copyOf(this.caches.values()).forEach((managed) -> managed.cache().core().store());
	}

	@Override
	public void forEachCache(Consumer<ManagedPolicyCache> listener) {
		this.listeners.add(listener);
		this.caches.values().forEach((managed) -> listener.accept(managed.cache()));
	}

	@Override
	public FlushReport flush(Duration timeout) {
		long deadline = System.nanoTime() + Durations.toNanos(timeout);
		Deque<RequestedFlush> flushes = new ArrayDeque<>();
		FlushReport report = FlushReport.EMPTY;
		try {
			// All of them first: a slow store holds up its own caches only
			requestFlushes(flushes::add);
			while (!flushes.isEmpty()) {
				report = report.plus(flushes.remove().await(remaining(deadline)));
			}
		}
		finally {
			flushes.forEach((flush) -> flush.await(Duration.ZERO));
		}
		return report;
	}

	private void requestFlushes(Consumer<RequestedFlush> requested) {
		for (Managed managed : this.caches.values()) {
			PendingWrites pending = managed.cache().findPendingWrites();
			if (pending != null) {
				requested.accept(pending.requestFlush());
			}
		}
	}

	@Override
	public void invalidate(Class<?> entity) {
		for (Managed managed : this.caches.values()) {
			CacheCore core = managed.cache().core();
			BackingStore store = core.store();
			if (store != null && store.mayHold(entity)) {
				core.invalidate();
			}
		}
	}

	@Override
	public void start() {
		synchronized (this.lifecycle) {
			this.stopped = false;
			this.caches.values().forEach((managed) -> managed.cache().core().open());
		}
	}

	@Override
	public FlushReport stop(Duration timeout) {
		long deadline = System.nanoTime() + Durations.toNanos(timeout);
		synchronized (this.lifecycle) {
			this.stopped = true;
			this.caches.values().forEach((managed) -> managed.cache().core().close());
		}
		FlushReport report = FlushReport.EMPTY;
		for (Managed managed : this.caches.values()) {
			PendingWrites pending = managed.cache().core().pending();
			if (pending != null) {
				report = report.plus(pending.awaitDrained(remaining(deadline)));
			}
		}
		return report;
	}

	/**
	 * Stop, if nobody did so before.
	 */
	@Override
	public void close() {
		boolean running;
		synchronized (this.lifecycle) {
			running = !this.stopped;
		}
		if (running) {
			stop(CLOSE_TIMEOUT);
		}
	}

	private static Duration remaining(long deadline) {
		return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
	}

	private @Nullable Managed managed(String name) {
		Managed managed = this.caches.get(name);
		if (managed != null) {
			return managed;
		}
		CacheSpec spec = this.undeclared.apply(name);
		return (spec != null) ? add(name, create(spec)) : null;
	}

	/**
	 * Add a cache, which may not defer writes after {@link #stop}: nobody would wait for
	 * them.
	 * @param name the name of the cache
	 * @param created the cache
	 * @return the cache, or the one that was added before
	 */
	private Managed add(String name, Managed created) {
		synchronized (this.lifecycle) {
			if (this.stopped) {
				created.cache().core().close();
			}
			Managed existing = this.caches.putIfAbsent(name, created);
			if (existing != null) {
				return existing;
			}
		}
		this.listeners.forEach((listener) -> listener.accept(created.cache()));
		return created;
	}

	private Managed create(CacheSpec spec) {
		CoreHolder holder = new CoreHolder();
		StoreReference store = new StoreReference(spec, this.infrastructure.resolver(),
				(found) -> listen(holder.get(), found));
		CaffeineFactory.Built built = this.caffeineFactory.create(spec, new Reloader(holder::get), holder::evicted);
		CacheTier tier = new CacheTier(built.caffeine(), built.directPuts(), !this.passThrough);
		Runnable clearDerived = spec.invalidates().isEmpty() ? () -> {
		} : () -> clearDerived(spec);
		CacheChanges changes = new CacheChanges(spec.name(), clearDerived,
				(spec.clustered()) ? this.infrastructure.channel() : ChangeChannel.NONE);
		CacheCore core = new CacheCore(spec, tier, this.infrastructure, store, changes, this.threads, this.passThrough);
		holder.core = core;
		return new Managed(new CaffeinePolicyCache(built.caffeine(), core), store);
	}

	private void listen(CacheCore core, BackingStore store) {
		if (core.spec().trackChanges() && !this.passThrough) {
			ForeignChanges changes = new ForeignChanges(core);
			store.listen(changes);
			changes.flushBeforeReads(store.traits().transactionManager());
		}
	}

	private void clearDerived(CacheSpec spec) {
		for (String name : spec.invalidates()) {
			Managed derived = managed(name);
			if (derived != null) {
				derived.cache().core().tier().clear();
			}
		}
	}

	/**
	 * A cache and where its store is found.
	 */
	private record Managed(CaffeinePolicyCache cache, StoreReference store) {

	}

	/**
	 * Drops what other instances changed.
	 */
	private final class ReceivedChanges implements ChangeChannel.Receiver {

		@Override
		public void changed(String cacheName, Collection<?> keys) {
			CacheCore core = find(cacheName);
			if (core != null) {
				core.received(keys);
			}
		}

		@Override
		public void changedAll(String cacheName) {
			CacheCore core = find(cacheName);
			if (core != null) {
				core.receivedAll();
			}
		}

		@Override
		public void changedParts(String cacheName, Collection<PartName> parts) {
			CacheCore core = find(cacheName);
			if (core != null) {
				drop(core, parts);
			}
		}

		/**
		 * Drop what holds parts. Names of another version of the application may be of
		 * other types than those of this one: if nobody knows what they mean, anything
		 * may have changed.
		 * @param core the cache
		 * @param parts the names of the parts
		 */
		private void drop(CacheCore core, Collection<PartName> parts) {
			try {
				core.receivedParts(parts);
			}
			catch (RuntimeException ex) {
				logger.debug("Parts that another instance changed are not known", ex);
				core.receivedAll();
			}
		}

		@Override
		public void lost() {
			CaffeinePolicyCacheManager.this.caches.values()
				.stream()
				.map((managed) -> managed.cache().core())
				.filter((core) -> core.spec().clustered())
				.forEach(CacheCore::receivedAll);
		}

		private @Nullable CacheCore find(String cacheName) {
			Managed managed = CaffeinePolicyCacheManager.this.caches.get(cacheName);
			CacheCore core = (managed != null) ? managed.cache().core() : null;
			return (core != null && core.spec().clustered()) ? core : null;
		}

	}

	/**
	 * Lets Caffeine's callbacks find what is created after Caffeine's cache.
	 */
	private static final class CoreHolder {

		private volatile @Nullable CacheCore core;

		CacheCore get() {
			CacheCore core = this.core;
			if (core == null) {
				throw new IllegalStateException("The cache is being created");
			}
			return core;
		}

		void evicted(Object key, boolean expired) {
			get().evicted(key, expired);
			PendingWrites pending = get().pending();
			if (pending != null) {
				pending.expedite(key);
			}
		}

	}

}
