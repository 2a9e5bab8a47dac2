package io.cachepolicy.cache;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.cachepolicy.DeadLetter;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.cache.Cache;
import org.springframework.cache.support.NullValue;
import org.springframework.dao.OptimisticLockingFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link CaffeinePolicyCache}: each policy by operation.
 */
class CaffeinePolicyCacheTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Executor OWN_THREAD = (task) -> new Thread(task).start();

	private final FakeStore store = new FakeStore();

	private CaffeinePolicyCacheManager manager = Specs.of("items").manager(this.store);

	private CaffeinePolicyCache cache(WritePolicy policy) {
		return cache(Specs.of("items").policy(policy));
	}

	private CaffeinePolicyCache cache(Specs specs) {
		this.manager = specs.manager(this.store);
		CaffeinePolicyCache cache = this.manager.getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	private static Item item(String name) {
		return new Item(1L, name);
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	@DisplayName("R1: a read never writes")
	void readNeverWrites(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(policy);
		this.store.rows().put(1L, item("row"));
		cache.get(1L);
		cache.get(2L);
		cache.get(1L, Item.class);
		cache.get(3L, () -> item("loaded"));
		cache.getAll(List.of(1L, 4L));
		cache.retrieve(5L, () -> CompletableFuture.completedFuture(item("loaded"))).join();
		Cache reading = cache.reading((value) -> true, (value) -> {
		});
		reading.get(6L);
		reading.put(6L, item("loaded"));
		cache.flush(TIMEOUT);
		assertThat(this.store.writes()).isZero();
		assertThat(cache.pendingWrites()).isZero();
	}

	@Test
	@DisplayName("F2: a dead letter is not replayed over a write that came while its value was prepared")
	void replayDoesNotOverwriteANewerWrite() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		this.store.beforeWrite((keys) -> {
			throw new OptimisticLockingFailureException("changed");
		});
		cache.put(1L, item("refused"));
		cache.flush(TIMEOUT);
		DeadLetter letter = cache.deadLetters().get(0);
		this.store.beforeWrite((keys) -> {
		});
		this.store.rebase((key, value) -> {
			cache.put(1L, item("newer"));
			return value;
		});
		assertThat(cache.replay(letter)).isFalse();
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, item("newer"));
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	void statisticsCountReadsAndEvictions(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(Specs.of("items").policy(policy).maximumSize(1L));
		this.store.rows().put(1L, item("row"));
		cache.get(1L);
		cache.get(1L);
		cache.put(1L, item("new"));
		cache.get(1L);
		this.store.rows().put(2L, new Item(2L, "row"));
		cache.get(2L);
		cache.getNativeCache().cleanUp();
		CacheStats stats = cache.getNativeCache().stats();
		boolean invalidated = policy == WritePolicy.WRITE_AROUND;
		assertThat(stats.hitCount()).isEqualTo(invalidated ? 1 : 2);
		assertThat(stats.missCount()).isEqualTo(invalidated ? 3 : 2);
		assertThat(stats.evictionCount()).isOne();
	}

	@Test
	void getReadsThroughTheStoreOnce() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		this.store.rows().put(1L, item("row"));
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("row"));
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("row"));
		assertThat(this.store.loads()).isOne();
	}

	@Test
	void getAllLoadsWhatIsMissingInOneCall() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		this.store.rows().putAll(Map.of(1L, item("1"), 2L, item("2"), 3L, item("3")));
		cache.get(2L);
		assertThat(cache.getAll(List.of(3L, 2L, 1L, 9L))).containsExactly(Map.entry(3L, item("3")),
				Map.entry(2L, item("2")), Map.entry(1L, item("1")));
		assertThat(this.store.calls()).containsExactly("loadAll[3, 1, 9]");
	}

	@Test
	void absenceIsCachedOnlyWhenTheSettingsSaySo() {
		CaffeinePolicyCache cache = cache(Specs.of("items"));
		cache.get(1L);
		cache.get(1L);
		assertThat(this.store.loads()).isEqualTo(2);
		CaffeinePolicyCache absent = cache(Specs.of("items").cacheAbsent(true));
		absent.get(1L);
		absent.get(1L);
		assertThat(this.store.loads()).isEqualTo(3);
		absent.put(1L, item("a"));
		assertThat(absent.get(1L, Item.class)).isEqualTo(item("a"));
	}

	@Test
	void writeThroughStoresNowAndCachesWhatWasStored() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		cache.put(1L, item("a"));
		assertThat(this.store.rows()).containsEntry(1L, item("a"));
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("a"));
		assertThat(this.store.loads()).isZero();
	}

	@Test
	void writeAroundStoresNowAndDropsTheEntry() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_AROUND);
		this.store.rows().put(1L, item("row"));
		cache.get(1L);
		cache.put(1L, item("a"));
		assertThat(this.store.rows()).containsEntry(1L, item("a"));
		assertThat(cache.getNativeCache().asMap()).isEmpty();
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("a"));
		assertThat(this.store.loads()).isEqualTo(2);
	}

	@Test
	void writeBackCachesNowAndStoresLater() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		cache.put(1L, item("a"));
		assertThat(this.store.rows()).isEmpty();
		assertThat(cache.pendingWrites()).isOne();
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("a"));
		assertThat(cache.flush(TIMEOUT).written()).isOne();
		assertThat(this.store.rows()).containsEntry(1L, item("a"));
		assertThat(this.store.loads()).isZero();
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	void removeDeletesTheRowByThePolicy(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(policy);
		this.store.rows().put(1L, item("row"));
		cache.get(1L);
		cache.remove(1L);
		assertThat(cache.get(1L)).isNull();
		assertThat(cache.get(1L, Item.class)).isNull();
		assertThat(this.store.rows().isEmpty()).isEqualTo(policy != WritePolicy.WRITE_BACK);
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).isEmpty();
		assertThat(cache.get(1L)).isNull();
	}

	@Test
	void removeOfWhatDoesNotExistIsNoError() {
		for (WritePolicy policy : WritePolicy.values()) {
			CaffeinePolicyCache cache = cache(policy);
			cache.remove(42L);
			assertThat(cache.flush(TIMEOUT).failed()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	void nullWritesNothingAndDeletesNothing(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(policy);
		this.store.rows().put(1L, item("row"));
		cache.put(1L, null);
		cache.put(1L, NullValue.INSTANCE);
		cache.putAll(Map.of(1L, NullValue.INSTANCE));
		cache.writing(null, true, (value) -> {
		}).put("ignored", null);
		cache.flush(TIMEOUT);
		assertThat(this.store.writes()).isZero();
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("row"));
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	void putAllWritesEverything(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(policy);
		cache.putAll(Map.of(1L, new Item(1L, "a"), 2L, new Item(2L, "b")));
		assertThat(cache.getAll(List.of(1L, 2L))).hasSize(2);
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).hasSize(2);
		assertThat(this.store.calls().stream().filter((call) -> call.startsWith("saveAll") || call.startsWith("flush")))
			.hasSize(1);
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	void newEntityWithGeneratedIdIsInsertedNow(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(policy);
		Item created = new Item(null, "new");
		cache.writing(null, true, (value) -> {
		}).put("ignored", created);
		assertThat(created.getId()).isNotNull();
		assertThat(this.store.rows()).containsKey(created.getId());
		assertThat(cache.getNativeCache().asMap().containsKey(created.getId()))
			.isEqualTo(policy != WritePolicy.WRITE_AROUND);
	}

	@Test
	void laterWritesOfAGeneratedIdAreDeferred() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		Item created = new Item(null, "new");
		Cache writing = cache.writing(null, true, (value) -> {
		});
		writing.put("ignored", created);
		Item later = new Item(created.getId(), "later");
		writing.put("ignored", later);
		assertThat(cache.pendingWrites()).isOne();
		assertThat(this.store.rows().get(created.getId())).isEqualTo(created);
	}

	@Test
	@DisplayName("W2, R2: a failed write-through reaches the caller, and the cache keeps the truth")
	void failedWriteThroughLeavesTheStoredValue() {
		for (WritePolicy policy : List.of(WritePolicy.WRITE_THROUGH, WritePolicy.WRITE_AROUND)) {
			CaffeinePolicyCache cache = cache(policy);
			this.store.rows().put(1L, item("row"));
			cache.get(1L);
			this.store.beforeWrite((keys) -> {
				throw new IllegalStateException("refused");
			});
			assertThatIllegalStateException().isThrownBy(() -> cache.put(1L, item("a"))).withMessage("refused");
			assertThatIllegalStateException().isThrownBy(() -> cache.remove(1L)).withMessage("refused");
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("row"));
		}
	}

	@Test
	void viewWithPolicySharesTheEntries() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		PolicyCache through = cache.withPolicy(WritePolicy.WRITE_THROUGH);
		assertThat(through.getPolicy()).isEqualTo(WritePolicy.WRITE_THROUGH);
		assertThat(through.withPolicy(WritePolicy.WRITE_BACK)).isSameAs(cache);
		through.put(1L, item("a"));
		assertThat(this.store.rows()).containsEntry(1L, item("a"));
		assertThat(cache.getNativeCache().asMap()).containsKey(1L);
		assertThat(through.pendingWrites()).isZero();
	}

	@Test
	@DisplayName("W1: a write-through supersedes what is pending for its key")
	void writeThroughSupersedesPendingWrite() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		cache.put(1L, item("pending"));
		cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, item("now"));
		assertThat(cache.pendingWrites()).isZero();
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, item("now"));
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("now"));
	}

	@Test
	void failedWriteThroughKeepsThePendingWrite() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		cache.put(1L, item("pending"));
		this.store.beforeWrite((keys) -> {
			throw new IllegalStateException("refused");
		});
		assertThatIllegalStateException()
			.isThrownBy(() -> cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, item("now")));
		this.store.beforeWrite((keys) -> {
		});
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("pending"));
		assertThat(cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).containsEntry(1L, item("pending"));
	}

	@Test
	@DisplayName("R2: pending writes survive evict, clear, invalidate and native invalidateAll")
	void forgettingKeepsPendingWrites() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		this.store.rows().put(1L, item("row"));
		cache.put(1L, item("pending"));
		List<Runnable> forget = List.of(() -> cache.evict(1L), cache::clear, () -> cache.evictIfPresent(1L),
				cache::invalidate, () -> cache.getNativeCache().invalidateAll());
		for (Runnable action : forget) {
			action.run();
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("pending"));
			action.run();
			assertThat(cache.get(1L)).isNotNull();
			action.run();
			assertThat(cache.<Item>get(1L, () -> item("loader"))).isEqualTo(item("pending"));
			action.run();
			assertThat(cache.retrieve(1L)).isCompleted();
			action.run();
			assertThat(cache.getAll(List.of(1L))).containsEntry(1L, item("pending"));
			action.run();
			assertThat(cache.putIfAbsent(1L, item("other"))).isNotNull();
		}
		assertThat(this.store.loads()).isZero();
		assertThat(cache.pendingWrites()).isOne();
		assertThat(this.store.rows()).containsEntry(1L, item("row"));
	}

	@Test
	@DisplayName("R2: a pending delete reads as absent")
	void pendingDeleteReadsAsAbsent() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		this.store.rows().put(1L, item("row"));
		cache.remove(1L);
		cache.clear();
		assertThat(cache.get(1L)).isNull();
		assertThat(cache.get(1L, Item.class)).isNull();
		assertThat(cache.<Item>get(1L, () -> item("loader"))).isNull();
		assertThat(cache.getAll(List.of(1L))).isEmpty();
		Cache reading = cache.reading((value) -> true, (value) -> {
		});
		assertThat(reading.get(1L)).as("known to be absent: the method must not run").isNotNull();
		assertThat(this.store.loads()).isZero();
		assertThat(cache.putIfAbsent(1L, item("again"))).isNull();
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("again"));
	}

	@Test
	@DisplayName("R2, trap: a dirty entry evicted by size is read from the pending writes, and flushed early")
	void dirtyEntryEvictedBySizeIsNeverStale() {
		CaffeinePolicyCache cache = cache(Specs.of("items").policy(WritePolicy.WRITE_BACK).maximumSize(1L));
		this.store.rows().put(1L, item("row"));
		this.store.rows().put(2L, new Item(2L, "row"));
		CountDownLatch writing = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			writing.countDown();
			awaitLatch(go);
		});
		cache.put(1L, item("new"));
		cache.put(2L, new Item(2L, "new"));
		cache.getNativeCache().cleanUp();
		awaitLatch(writing);
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("new"));
		assertThat(cache.get(2L, Item.class)).isEqualTo(new Item(2L, "new"));
		go.countDown();
		await().until(() -> this.store.writes() > 0);
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("new"));
		assertThat(cache.get(2L, Item.class)).isEqualTo(new Item(2L, "new"));
	}

	@Test
	@DisplayName("R2, trap: a dirty entry that expires is read from the pending writes, and flushed early")
	void dirtyEntryThatExpiresIsNeverStale() {
		CaffeinePolicyCache cache = cache(
				Specs.of("items").policy(WritePolicy.WRITE_BACK).expireAfterWrite(Duration.ofMillis(1)));
		this.store.rows().put(1L, item("row"));
		cache.put(1L, item("new"));
		await().until(() -> {
			cache.getNativeCache().cleanUp();
			return cache.getNativeCache().estimatedSize() == 0;
		});
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("new"));
		await().untilAsserted(() -> assertThat(this.store.rows()).containsEntry(1L, item("new")));
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("new"));
	}

	@Test
	@DisplayName("R3: a slow load never overwrites a newer write")
	void slowLoadDoesNotOverwriteNewerWrite() {
		for (WritePolicy policy : WritePolicy.values()) {
			CaffeinePolicyCache cache = cache(policy);
			this.store.rows().put(1L, item("old"));
			CountDownLatch loading = new CountDownLatch(1);
			CountDownLatch go = new CountDownLatch(1);
			CompletableFuture<Item> slow = CompletableFuture.supplyAsync(() -> cache.get(1L, () -> {
				Item old = (Item) this.store.rows().get(1L);
				loading.countDown();
				awaitLatch(go);
				return old;
			}));
			awaitLatch(loading);
			cache.put(1L, item("new"));
			go.countDown();
			slow.join();
			assertThat(cache.get(1L, Item.class)).as(policy.name()).isEqualTo(item("new"));
		}
	}

	@Test
	@DisplayName("R3: a slow load never overwrites a newer delete")
	void slowLoadDoesNotOverwriteNewerDelete() {
		for (WritePolicy policy : WritePolicy.values()) {
			CaffeinePolicyCache cache = cache(policy);
			this.store.rows().put(1L, item("old"));
			Cache reading = cache.reading((value) -> true, (value) -> {
			});
			assertThat(reading.get(1L)).isNull();
			cache.remove(1L);
			cache.flush(TIMEOUT);
			reading.put(1L, item("old"));
			assertThat(cache.get(1L, Item.class)).as(policy.name()).isNull();
		}
	}

	@Test
	@DisplayName("R3: evict and clear refuse loads that began before")
	void evictionsRefuseEarlierLoads() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		for (Runnable forget : List.<Runnable>of(() -> cache.evict(1L), cache::clear)) {
			Cache reading = cache.reading((value) -> true, (value) -> {
			});
			assertThat(reading.get(1L)).isNull();
			forget.run();
			reading.put(1L, item("old"));
			assertThat(cache.getNativeCache().asMap()).isEmpty();
		}
	}

	@Test
	@DisplayName("R2: a reader after a write does not join a load from before it")
	void readAfterWriteDoesNotJoinOlderLoad() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_AROUND);
		this.store.rows().put(1L, item("old"));
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		CompletableFuture<Item> slow = CompletableFuture.supplyAsync(() -> cache.get(1L, () -> {
			loading.countDown();
			awaitLatch(go);
			return item("old");
		}));
		awaitLatch(loading);
		cache.put(1L, item("new"));
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("new"));
		go.countDown();
		assertThat(slow.join()).as("not cached, so what is").isEqualTo(item("new"));
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("new"));
	}

	@Test
	@DisplayName("R5: a slow store delays only who waits for it")
	void slowStoreDelaysNobodyElse() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		CountDownLatch slow = new CountDownLatch(1);
		CountDownLatch entered = new CountDownLatch(2);
		this.store.beforeWrite((keys) -> {
			if (keys.contains(1L)) {
				entered.countDown();
				awaitLatch(slow);
			}
		});
		this.store.beforeLoad((key) -> {
			if (key.equals(2L)) {
				entered.countDown();
				awaitLatch(slow);
			}
		});
		// Threads of their own, as the common pool may have only one
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> cache.put(1L, item("a")), OWN_THREAD);
		CompletableFuture<Object> reader = CompletableFuture.supplyAsync(() -> cache.get(2L, Item.class), OWN_THREAD);
		awaitLatch(entered);
		// Every key of the cache, so also those of the same bin as 1 and 2
		for (long key = 3; key < 2000; key++) {
			cache.put(key, new Item(key, "v"));
			assertThat(cache.get(key, Item.class)).isNotNull();
		}
		cache.clear();
		assertThat(writer).isNotDone();
		assertThat(reader).isNotDone();
		slow.countDown();
		assertThat(CompletableFuture.allOf(writer, reader)).succeedsWithin(TIMEOUT);
	}

	@Test
	@DisplayName("R3: a load from an older persistence context is not cached")
	void valueThatThePersistenceContextHeldIsNotCached() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		this.store.rows().put(1L, item("row"));
		this.store.loadedInContext(Set.of(1L));
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("row"));
		assertThat(cache.getNativeCache().asMap()).isEmpty();
	}

	@Test
	@DisplayName("J1: what is pending is isolated too")
	void pendingValueIsIsolated() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		Item written = item("a");
		cache.put(1L, written);
		written.setName("changed");
		cache.clear();
		Item read = cache.get(1L, Item.class);
		assertThat(read).isEqualTo(item("a"));
		read.setName("changed");
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, item("a"));
	}

	@Test
	void putIfAbsentWritesByThePolicyWhenTheStoreHasNone() {
		for (WritePolicy policy : WritePolicy.values()) {
			this.store.rows().clear();
			CaffeinePolicyCache cache = cache(policy);
			assertThat(cache.putIfAbsent(1L, item("a"))).isNull();
			cache.flush(TIMEOUT);
			assertThat(this.store.rows()).containsEntry(1L, item("a"));
			cache.clear();
			assertThat(cache.putIfAbsent(1L, item("b"))).extracting(Cache.ValueWrapper::get).isEqualTo(item("a"));
			assertThat(this.store.rows()).containsEntry(1L, item("a"));
		}
	}

	@Test
	void putIfAbsentOfManyThreadsWritesOnce() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		List<CompletableFuture<Cache.ValueWrapper>> calls = java.util.stream.IntStream.range(0, 8)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> cache.putIfAbsent(1L, item("v" + i))))
			.toList();
		List<Cache.ValueWrapper> results = calls.stream().map(CompletableFuture::join).toList();
		assertThat(results.stream().filter((result) -> result == null)).hasSize(1);
		assertThat(this.store.writes()).isOne();
	}

	@Test
	void invalidatesClearsDerivedCachesOnEveryWrite() {
		CaffeinePolicyCache cache = cache(Specs.of("items").policy(WritePolicy.WRITE_BACK).invalidates("pages"));
		CaffeinePolicyCache pages = this.manager.getCache("pages");
		assertThat(pages).isNotNull();
		pages.put("p", "page");
		cache.put(1L, item("a"));
		assertThat(pages.get("p")).isNull();
		pages.put("p", "page of old rows");
		cache.flush(TIMEOUT);
		assertThat(pages.get("p")).as("the rows changed only now").isNull();
		pages.put("p", "page");
		cache.remove(1L);
		assertThat(pages.get("p")).isNull();
	}

	@Test
	@DisplayName("F2: what was derived from a value that became a dead letter is dropped")
	void deadLetterClearsDerivedCaches() {
		CaffeinePolicyCache cache = cache(Specs.of("items").policy(WritePolicy.WRITE_BACK).invalidates("pages"));
		CaffeinePolicyCache pages = this.manager.getCache("pages");
		assertThat(pages).isNotNull();
		this.store.beforeWrite((keys) -> {
			throw new OptimisticLockingFailureException("changed");
		});
		cache.put(1L, item("refused"));
		pages.put("p", "page of the value that is refused");
		cache.flush(TIMEOUT);
		assertThat(cache.deadLetters()).hasSize(1);
		assertThat(pages.get("p")).isNull();
	}

	@Test
	void putIfAbsentOfAPlainCacheClearsDerivedCaches() {
		this.manager = Specs.of("items").invalidates("pages").manager(null);
		CaffeinePolicyCache cache = this.manager.getCache("items");
		CaffeinePolicyCache pages = this.manager.getCache("pages");
		assertThat(cache).isNotNull();
		assertThat(pages).isNotNull();
		pages.put("p", "page");
		assertThat(cache.putIfAbsent(1L, item("a"))).isNull();
		assertThat(pages.get("p")).isNull();
		pages.put("p", "page");
		assertThat(cache.putIfAbsent(1L, item("b"))).isNotNull();
		assertThat(pages.get("p")).isNotNull();
	}

	@Test
	void refreshReloadsFromTheStoreButNeverOverAPendingWrite() {
		CaffeinePolicyCache cache = cache(
				Specs.of("items").policy(WritePolicy.WRITE_BACK).refreshAfterWrite(Duration.ofMillis(1)));
		this.store.rows().put(1L, item("row"));
		cache.get(1L);
		this.store.rows().put(1L, item("changed"));
		await().untilAsserted(() -> assertThat(cache.get(1L, Item.class)).isEqualTo(item("changed")));
		cache.put(1L, item("pending"));
		int loads = this.store.loads();
		await().pollDelay(Duration.ofMillis(30)).untilAsserted(() -> {
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("pending"));
			assertThat(this.store.loads()).isEqualTo(loads);
		});
	}

	@Test
	void keyOfValueWithoutAStoreNamesTheWayOut() {
		CaffeinePolicyCache plain = this.manager.getCache("plain");
		assertThat(plain).isNotNull();
		assertThatExceptionOfType(InvalidPolicyCacheException.class).isThrownBy(() -> plain.writing(null, true, (v) -> {
		}).put("ignored", item("a")))
			.withMessageContaining("'plain'")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("cache-policy.caches.plain.entity"));
	}

	@Test
	void passThroughCachesNothingAndStoresEverythingNow() {
		CacheInfrastructure infrastructure = new CacheInfrastructure((spec, inferred) -> this.store, (value) -> value,
				(name, spec, store, listener) -> {
					throw new IllegalStateException("nothing is deferred");
				}, (name, caffeine) -> {
				});
		CacheSpec spec = Specs.of("items").policy(WritePolicy.WRITE_BACK).build();
		try (CaffeinePolicyCacheManager off = new CaffeinePolicyCacheManager(List.of(spec), (name) -> null,
				infrastructure, true)) {
			CaffeinePolicyCache cache = off.getCache("items");
			assertThat(cache).isNotNull();
			cache.put(1L, item("a"));
			assertThat(this.store.rows()).containsEntry(1L, item("a"));
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("a"));
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("a"));
			assertThat(this.store.loads()).isEqualTo(2);
			assertThat(off.getCache("other")).isNull();
		}
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
