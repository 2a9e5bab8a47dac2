package io.cachepolicy.cache;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@code putIfAbsent} of several threads.
 */
class PutIfAbsentTests {

	private volatile @Nullable Map<Object, Object> uncommitted;

	private final FakeStore store = new FakeStore() {

		@Override
		public @Nullable Object load(Object key) {
			Object row = super.load(key);
			Map<Object, Object> uncommitted = PutIfAbsentTests.this.uncommitted;
			return (uncommitted != null) ? uncommitted.get(key) : row;
		}

	};

	private final TransactionTemplate template = new TransactionTemplate(new FakeTransactionManager());

	@Test
	void valueIsTriedWhenThatOfAnotherThreadIsRefused() {
		CaffeinePolicyCache cache = Specs.of("items").manager(this.store).getCache("items");
		assertThat(cache).isNotNull();
		CountDownLatch began = new CountDownLatch(1);
		CountDownLatch refuse = new CountDownLatch(1);
		this.store.beforeEntries((entries) -> {
			if (entries.containsValue("bad")) {
				began.countDown();
				awaitLatch(refuse);
				throw new DataIntegrityViolationException("refused");
			}
		});
		CompletableFuture<Object> bad = CompletableFuture.supplyAsync(() -> cache.putIfAbsent(1L, "bad"));
		awaitLatch(began);
		AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();
		CompletableFuture<Object> good = CompletableFuture.supplyAsync(() -> {
			waiting.set(Thread.currentThread());
			return String.valueOf(cache.putIfAbsent(1L, "good"));
		});
		await().until(() -> waiting.get() != null && waiting.get().getState() == Thread.State.WAITING);
		refuse.countDown();
		assertThat(bad).failsWithin(Duration.ofSeconds(20));
		assertThat(good).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("null");
		assertThat(this.store.rows()).containsEntry(1L, "good");
	}

	/**
	 * A transaction that has not committed sees its own row; who waits for its
	 * {@code putIfAbsent} is not to be told of it.
	 */
	@Test
	void uncommittedValueIsNotToldToOthersThatPutIfAbsent() {
		CaffeinePolicyCache cache = Specs.of("items").manager(this.store).getCache("items");
		assertThat(cache).isNotNull();
		CountDownLatch joined = new CountDownLatch(1);
		CountDownLatch loading = new CountDownLatch(1);
		Thread transaction = Thread.currentThread();
		this.store.beforeLoad((key) -> {
			if (Thread.currentThread() == transaction) {
				this.uncommitted = Map.of(1L, "uncommitted");
				loading.countDown();
				awaitLatch(joined);
			}
			else {
				this.uncommitted = null;
			}
		});
		AtomicReference<@Nullable Thread> other = new AtomicReference<>();
		CompletableFuture<Object> told = CompletableFuture.supplyAsync(() -> {
			awaitLatch(loading);
			other.set(Thread.currentThread());
			return String.valueOf(cache.putIfAbsent(1L, "other"));
		});
		CompletableFuture.runAsync(() -> {
			await()
				.until(() -> told.isDone() || (other.get() != null && other.get().getState() == Thread.State.WAITING));
			joined.countDown();
		});
		this.template.executeWithoutResult((status) -> {
			cache.putIfAbsent(1L, "mine");
			status.setRollbackOnly();
		});
		assertThat(told.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("null");
		assertThat(this.store.rows()).containsEntry(1L, "other");
	}

	/**
	 * Who has written a row in a transaction keeps others from it until the transaction
	 * ends, so it can't wait for one of them.
	 */
	@Test
	void transactionDoesNotWaitForWhoWaitsForIt() {
		CaffeinePolicyCache cache = Specs.of("items").manager(this.store).getCache("items");
		assertThat(cache).isNotNull();
		CountDownLatch committed = new CountDownLatch(1);
		CountDownLatch waiting = new CountDownLatch(1);
		AtomicReference<@Nullable Thread> transaction = new AtomicReference<>();
		this.store.beforeWrite((keys) -> {
			if (Thread.currentThread() != transaction.get()) {
				waiting.countDown();
				awaitLatch(committed);
			}
		});
		CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
			awaitLatch(waiting);
			transaction.set(Thread.currentThread());
			this.template.executeWithoutResult((status) -> cache.putIfAbsent(1L, "mine"));
		}).orTimeout(20, TimeUnit.SECONDS);
		CompletableFuture.runAsync(() -> other.handle((result, ex) -> {
			committed.countDown();
			return ex;
		}));
		this.template.executeWithoutResult((status) -> cache.putIfAbsent(1L, "other"));
		assertThat(other).succeedsWithin(Duration.ofSeconds(5));
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
