package io.cachepolicy.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.CacheOperationInvoker;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Loads}, by themselves and under a cache.
 */
class LoadsTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Executor OWN_THREAD = (task) -> new Thread(task).start();

	private final Loads loads = new Loads(() -> Boolean.TRUE.equals(this.connected.get()));

	private final ThreadLocal<Boolean> connected = new ThreadLocal<>();

	private static <T> CompletableFuture<T> async(Supplier<T> action) {
		return CompletableFuture.supplyAsync(action, OWN_THREAD);
	}

	@Test
	@DisplayName("R4: concurrent misses of one key load once")
	void concurrentMissesLoadOnce() {
		AtomicInteger count = new AtomicInteger();
		AtomicReference<Thread> leader = new AtomicReference<>();
		CountDownLatch go = new CountDownLatch(1);
		List<Thread> threads = new ArrayList<>();
		List<CompletableFuture<Object>> results = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			CompletableFuture<Object> result = new CompletableFuture<>();
			results.add(result);
			Thread thread = new Thread(() -> result.complete(this.loads.load("k", 0, 0, () -> {
				leader.set(Thread.currentThread());
				awaitLatch(go);
				return count.incrementAndGet();
			})));
			threads.add(thread);
			thread.start();
		}
		await().until(() -> leader.get() != null && threads.stream()
			.filter((thread) -> thread != leader.get())
			.allMatch((thread) -> thread.getState() == Thread.State.WAITING));
		go.countDown();
		results.forEach((result) -> assertThat(result).succeedsWithin(TIMEOUT).isEqualTo(1));
		assertThat(count).hasValue(1);
	}

	@Test
	@DisplayName("R4: concurrent readers of a missing row ask the store once, by any of the cache's methods")
	void concurrentReadersAskTheStoreOnce() {
		FakeStore store = new FakeStore();
		store.rows().put(1L, new Item(1L, "row"));
		CountDownLatch go = new CountDownLatch(1);
		store.beforeLoad((key) -> awaitLatch(go));
		CaffeinePolicyCache cache = Specs.of("items").manager(store).getCache("items");
		assertThat(cache).isNotNull();
		List<CompletableFuture<?>> readers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			readers.add(async(() -> cache.get(1L, Item.class)));
			readers.add(async(() -> cache.get(1L)));
			readers.add(cache.retrieve(1L));
		}
		await().until(() -> store.loads() == 1);
		go.countDown();
		assertThat(CompletableFuture.allOf(readers.toArray(CompletableFuture[]::new))).succeedsWithin(TIMEOUT);
		assertThat(store.loads()).isOne();
	}

	@Test
	@DisplayName("R4: a method behind a reading view runs once for concurrent misses")
	void concurrentMissesRunTheMethodOnce() {
		CaffeinePolicyCache cache = Specs.of("items").manager(new FakeStore()).getCache("items");
		assertThat(cache).isNotNull();
		CountDownLatch go = new CountDownLatch(1);
		AtomicInteger runs = new AtomicInteger();
		List<CompletableFuture<Item>> readers = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			Cache view = cache.reading((value) -> true, (value) -> {
			});
			readers.add(async(() -> view.get(1L, () -> {
				runs.incrementAndGet();
				awaitLatch(go);
				return new Item(1L, "loaded");
			})));
		}
		await().until(() -> runs.get() == 1);
		go.countDown();
		readers.forEach((reader) -> assertThat(reader).succeedsWithin(TIMEOUT).isEqualTo(new Item(1L, "loaded")));
		assertThat(readers.stream().map(CompletableFuture::join).map(System::identityHashCode).distinct())
			.as("each reader has its own copy")
			.hasSize(6);
		assertThat(runs).hasValue(1);
	}

	@Test
	void loadThatBeganBeforeAWriteIsNotJoined() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		CompletableFuture<Object> old = async(() -> this.loads.load("k", 1, 0, () -> {
			entered.countDown();
			awaitLatch(go);
			return "old";
		}));
		awaitLatch(entered);
		assertThat(this.loads.load("k", 2, 0, () -> "new")).isEqualTo("new");
		go.countDown();
		assertThat(old).succeedsWithin(TIMEOUT).isEqualTo("old");
	}

	@Test
	@DisplayName("R3: a reader that comes after another load was kept does not join an older one")
	void readerAfterAKeptLoadDoesNotJoin() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		CompletableFuture<Object> old = async(() -> this.loads.load("k", 1, 1, () -> {
			entered.countDown();
			awaitLatch(go);
			return "old";
		}));
		awaitLatch(entered);
		assertThat(this.loads.load("k", 1, 2, () -> "new")).isEqualTo("new");
		go.countDown();
		assertThat(old).succeedsWithin(TIMEOUT).isEqualTo("old");
	}

	@Test
	@DisplayName("R5: a transaction does not wait for a load that may need its connection")
	void readerInATransactionDoesNotWaitForALoadOutsideOfOne() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		CompletableFuture<Object> outside = async(() -> this.loads.load("k", 0, 0, () -> {
			entered.countDown();
			awaitLatch(go);
			return "outside";
		}));
		awaitLatch(entered);
		TransactionTemplate transaction = new TransactionTemplate(new FakeTransactionManager());
		CompletableFuture<Object> inside = async(
				() -> transaction.execute((status) -> this.loads.load("k", 0, 0, () -> "inside")));
		assertThat(inside).succeedsWithin(TIMEOUT).isEqualTo("inside");
		go.countDown();
		assertThat(outside).succeedsWithin(TIMEOUT).isEqualTo("outside");
	}

	@Test
	@DisplayName("R5: who holds a connection does not wait for a load that may need one, and others wait for its loads")
	void readerWithAConnectionWaitsOnlyForWhoHasOneToo() {
		CountDownLatch began = new CountDownLatch(2);
		CountDownLatch release = new CountDownLatch(1);
		CompletableFuture<Object> without = async(() -> this.loads.load("k", 0, 0, () -> {
			began.countDown();
			awaitLatch(release);
			return "without";
		}));
		await().until(() -> began.getCount() == 1);
		CompletableFuture<Object> with = async(() -> {
			this.connected.set(true);
			return this.loads.load("k", 0, 0, () -> {
				began.countDown();
				awaitLatch(release);
				return "with";
			});
		});
		awaitLatch(began);
		AtomicReference<Thread> joiner = new AtomicReference<>();
		CompletableFuture<Object> joined = async(() -> {
			joiner.set(Thread.currentThread());
			return this.loads.load("k", 0, 0, () -> "another");
		});
		await().until(() -> joiner.get() != null && joiner.get().getState() == Thread.State.WAITING);
		release.countDown();
		assertThat(without).succeedsWithin(TIMEOUT).isEqualTo("without");
		assertThat(with).succeedsWithin(TIMEOUT).isEqualTo("with");
		assertThat(joined).succeedsWithin(TIMEOUT).isEqualTo("with");
	}

	@Test
	@DisplayName("R4: transactions wait for each other's loads, and so do others")
	void loadInATransactionIsJoined() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		TransactionTemplate transaction = new TransactionTemplate(new FakeTransactionManager());
		CompletableFuture<Object> leader = async(
				() -> transaction.execute((status) -> this.loads.load("k", 0, 0, () -> {
					entered.countDown();
					awaitLatch(go);
					return "v";
				})));
		awaitLatch(entered);
		List<AtomicReference<Thread>> threads = List.of(new AtomicReference<>(), new AtomicReference<>());
		CompletableFuture<Object> inside = async(() -> transaction.execute((status) -> {
			threads.get(0).set(Thread.currentThread());
			return this.loads.load("k", 0, 0, () -> "not called");
		}));
		CompletableFuture<Object> outside = async(() -> {
			threads.get(1).set(Thread.currentThread());
			return this.loads.load("k", 0, 0, () -> "not called");
		});
		await().until(() -> threads.stream()
			.allMatch((thread) -> thread.get() != null && thread.get().getState() == Thread.State.WAITING));
		go.countDown();
		assertThat(List.of(leader, inside, outside))
			.allSatisfy((result) -> assertThat(result).succeedsWithin(TIMEOUT).isEqualTo("v"));
	}

	@Test
	void failureReachesEveryoneAndIsNotKept() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		CompletableFuture<Object> leader = async(() -> this.loads.load("k", 0, 0, () -> {
			entered.countDown();
			awaitLatch(go);
			throw new IllegalStateException("no");
		}));
		awaitLatch(entered);
		AtomicReference<Thread> joining = new AtomicReference<>();
		CompletableFuture<Object> joined = async(() -> {
			joining.set(Thread.currentThread());
			return this.loads.load("k", 0, 0, () -> "not called");
		});
		await().until(() -> joining.get() != null && joining.get().getState() == Thread.State.WAITING);
		go.countDown();
		assertThat(leader).failsWithin(TIMEOUT).withThrowableThat().withCauseInstanceOf(IllegalStateException.class);
		assertThat(joined).failsWithin(TIMEOUT).withThrowableThat().withCauseInstanceOf(IllegalStateException.class);
		assertThat(this.loads.load("k", 0, 0, () -> "again")).isEqualTo("again");
	}

	@Test
	@DisplayName("R5: a load that loads its own key does not wait for itself")
	void recursiveLoadDoesNotDeadlock() {
		assertThat(async(() -> this.loads.load("k", 0, 0, () -> this.loads.load("k", 0, 0, () -> "inner"))))
			.succeedsWithin(TIMEOUT)
			.isEqualTo("inner");
	}

	@Test
	@DisplayName("R5: loads that need each other do not deadlock")
	void circularLoadsDoNotDeadlock() {
		for (int round = 0; round < 100; round++) {
			CyclicBarrier both = new CyclicBarrier(2);
			CompletableFuture<Object> a = async(() -> this.loads.load("a", 0, 0, () -> {
				awaitBarrier(both);
				return "a" + this.loads.load("b", 0, 0, () -> "b alone");
			}));
			CompletableFuture<Object> b = async(() -> this.loads.load("b", 0, 0, () -> {
				awaitBarrier(both);
				return "b" + this.loads.load("a", 0, 0, () -> "a alone");
			}));
			assertThat(CompletableFuture.allOf(a, b)).succeedsWithin(TIMEOUT);
		}
	}

	@Test
	void asyncLoadIsJoined() {
		CompletableFuture<Object> source = new CompletableFuture<>();
		CompletableFuture<Object> first = this.loads.loadAsync("k", 0, 0, () -> source);
		CompletableFuture<Object> second = this.loads.loadAsync("k", 0, 0, () -> {
			throw new IllegalStateException("not called");
		});
		CompletableFuture<Object> blocking = async(() -> this.loads.load("k", 0, 0, () -> "not called"));
		source.complete("v");
		assertThat(first).isCompletedWithValue("v");
		assertThat(second).isCompletedWithValue("v");
		assertThat(blocking).succeedsWithin(TIMEOUT).isIn("v", "not called");
	}

	@Test
	void asyncLoadThatFailsAtOnceThrowsAsItsLoaderDoes() {
		RuntimeException original = new IllegalArgumentException("body");
		RuntimeException wrapper = new CacheOperationInvoker.ThrowableWrapper(original);
		AtomicReference<CompletableFuture<Object>> joined = new AtomicReference<>();
		assertThatThrownBy(() -> this.loads.loadAsync("k", 0, 0, () -> {
			joined.set(this.loads.loadAsync("k", 0, 0, CompletableFuture::new));
			throw wrapper;
		})).isSameAs(wrapper);
		assertThat(joined.get()).isCompletedExceptionally();
		assertThatThrownBy(joined.get()::join).hasCause(original);
		assertThat(this.loads.loadAsync("k", 0, 0, () -> CompletableFuture.completedFuture("v")))
			.isCompletedWithValue("v");
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void awaitBarrier(CyclicBarrier barrier) {
		try {
			barrier.await(10, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
