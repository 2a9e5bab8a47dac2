package io.cachepolicy.cache;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.writeback.WriteBackFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for values that are outdated when they are to be cached.
 */
class StaleLoadTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final SnapshotStore store = new SnapshotStore();

	private final TransactionTemplate template = new TransactionTemplate(new FakeTransactionManager());

	private CaffeinePolicyCache cache(Specs specs) {
		return cache(specs.manager(this.store));
	}

	private static CaffeinePolicyCache cache(CaffeinePolicyCacheManager manager) {
		CaffeinePolicyCache cache = manager.getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	private static void inOtherThread(Runnable action) {
		CompletableFuture.runAsync(action).orTimeout(20, TimeUnit.SECONDS).join();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void snapshotFromBeforeTheFlushOfAWriteIsNotCached(boolean readOnly) {
		CaffeinePolicyCache cache = cache(Specs.of("items").policy(WritePolicy.WRITE_BACK));
		cache.put(1L, "new");
		cache.evict(1L);
		this.template.setReadOnly(readOnly);
		this.template.executeWithoutResult((status) -> {
			this.store.snapshot = Map.of(1L, "old");
			inOtherThread(() -> cache.flush(TIMEOUT));
			assertThat(cache.get(1L, String.class)).isEqualTo("old");
		});
		this.store.snapshot = null;
		assertThat(cache.get(1L, String.class)).isEqualTo("new");
	}

	@Test
	void snapshotFromBeforeTheFlushOfARemovalIsNotCached() {
		CaffeinePolicyCache cache = cache(Specs.of("items").policy(WritePolicy.WRITE_BACK));
		this.store.rows().put(1L, "old");
		cache.remove(1L);
		this.template.executeWithoutResult((status) -> {
			this.store.snapshot = Map.of(1L, "old");
			inOtherThread(() -> cache.flush(TIMEOUT));
			cache.get(1L);
		});
		this.store.snapshot = null;
		assertThat(cache.get(1L)).isNull();
	}

	/**
	 * Between the commit of a write and the end of its call, readers without an entry see
	 * the new row. No reader is to see the old one after them.
	 */
	@Test
	void loadOfATransactionDoesNotReplaceOneThatWasKeptMeanwhile() {
		CaffeinePolicyCache cache = cache(Specs.of("items"));
		this.store.rows().put(1L, "old");
		this.template.executeWithoutResult((status) -> {
			assertThat(cache.get(1L, String.class)).isEqualTo("old");
			this.store.rows().put(1L, "new");
			inOtherThread(() -> assertThat(cache.get(1L, String.class)).isEqualTo("new"));
		});
		assertThat(cache.get(1L, String.class)).isEqualTo("new");
	}

	@Test
	void loadOfSeveralKeysDoesNotReplaceOneThatWasKeptMeanwhile() {
		CaffeinePolicyCache cache = cache(Specs.of("items"));
		this.store.rows().putAll(Map.of(1L, "old", 2L, "other"));
		this.store.afterLoadAll = () -> {
			this.store.rows().put(1L, "new");
			inOtherThread(() -> assertThat(cache.get(1L, String.class)).isEqualTo("new"));
		};
		assertThat(cache.getAll(List.of(1L, 2L))).containsEntry(1L, "new");
		assertThat(cache.get(1L, String.class)).isEqualTo("new");
	}

	/**
	 * The load finds what another writer is about to publish; another load was kept
	 * before.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("R2: a reader whose load is not cached, as another one was, does not read an older value after it")
	void loadThatIsNotCachedReadsTheEntry(boolean several) {
		CaffeinePolicyCache cache = cache(Specs.of("items"));
		this.store.rows().putAll(Map.of(1L, "old", 2L, "other"));
		AtomicBoolean first = new AtomicBoolean(true);
		this.store.beforeLoad((key) -> {
			if (first.compareAndSet(true, false)) {
				inOtherThread(() -> cache.getAll(List.of(1L)));
				this.store.rows().put(1L, "new");
			}
		});
		Object read = (several) ? cache.getAll(List.of(1L, 2L)).get(1L) : cache.get(1L, String.class);
		assertThat(cache.get(1L, String.class)).isEqualTo(read);
	}

	/**
	 * The reader finds the pending write; it is stored before the reader caches it.
	 */
	@Test
	void pendingValueThatTheStoreChangedIsNotCachedAfterItsFlush() {
		AtomicReference<@Nullable Runnable> afterFind = new AtomicReference<>();
		CaffeinePolicyCache cache = cache(managerWithHook(afterFind));
		cache.put(1L, "value");
		cache.evict(1L);
		this.store.suffix = " as stored";
		afterFind.set(() -> inOtherThread(() -> cache.flush(TIMEOUT)));
		assertThat(cache.get(1L, String.class)).isEqualTo("value");
		assertThat(cache.get(1L, String.class)).isEqualTo("value as stored");
	}

	private CaffeinePolicyCacheManager managerWithHook(AtomicReference<@Nullable Runnable> afterFind) {
		WriteBackFactory factory = new WriteBackFactory(Clock.systemUTC());
		PendingWrites.Factory hooked = (name, spec, store, listener) -> {
			PendingWrites writes = factory.create(name, spec, store, listener);
			return (PendingWrites) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { PendingWrites.class }, (proxy, method, arguments) -> {
						try {
							Object result = method.invoke(writes, arguments);
							Runnable hook = (method.getName().equals("find")) ? afterFind.getAndSet(null) : null;
							if (hook != null) {
								hook.run();
							}
							return result;
						}
						catch (InvocationTargetException ex) {
							throw ex.getTargetException();
						}
					});
		};
		CacheInfrastructure infrastructure = new CacheInfrastructure((spec, inferred) -> this.store, (value) -> value,
				hooked, (name, caffeine) -> {
				});
		return new CaffeinePolicyCacheManager(List.of(Specs.of("items").policy(WritePolicy.WRITE_BACK).build()),
				(name) -> null, infrastructure, false);
	}

	/**
	 * A store that reads from a snapshot if it has one, and changes what it stores.
	 */
	private static final class SnapshotStore extends FakeStore {

		private volatile @Nullable Map<Object, Object> snapshot;

		private volatile String suffix = "";

		private volatile @Nullable Runnable afterLoadAll;

		@Override
		public Map<Object, Object> loadAll(Collection<?> keys) {
			Map<Object, Object> rows = super.loadAll(keys);
			Runnable then = this.afterLoadAll;
			if (then != null) {
				then.run();
			}
			return rows;
		}

		@Override
		public @Nullable Object load(Object key) {
			Object row = super.load(key);
			Map<Object, Object> snapshot = this.snapshot;
			return (snapshot != null) ? snapshot.get(key) : row;
		}

		@Override
		public Map<Object, Object> write(WriteMode mode, Map<Object, Object> entries) {
			if (mode != WriteMode.FLUSH) {
				return super.write(mode, entries);
			}
			Map<Object, Object> changed = new LinkedHashMap<>();
			entries.forEach((key, value) -> changed.put(key, value + this.suffix));
			return super.write(mode, changed);
		}

	}

}
