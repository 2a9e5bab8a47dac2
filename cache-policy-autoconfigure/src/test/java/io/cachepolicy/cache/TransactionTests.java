package io.cachepolicy.cache;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.cachepolicy.FlushReport;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.transaction.Transactions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.cache.Cache;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for what the caches do in transactions. The store here takes no part in them, so
 * that only what the caches do is seen.
 */
class TransactionTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final FakeStore store = new FakeStore();

	private final FakeTransactionManager transactionManager = new FakeTransactionManager();

	private final TransactionTemplate template = new TransactionTemplate(this.transactionManager);

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

	private void transaction(Consumer<TransactionStatus> action) {
		this.template.executeWithoutResult(action);
	}

	/**
	 * Read in another thread, so without the transaction, and without a load.
	 */
	private static Object entrySeenByOthers(CaffeinePolicyCache cache) {
		return CompletableFuture.supplyAsync(() -> {
			Cache.ValueWrapper known = cache.operations().find(1L);
			return (known != null) ? known.get() : "unknown";
		}).join();
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	@DisplayName("Before commit: the writer reads its own write, others the old value")
	void writerReadsItsOwnWriteBeforeCommit(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(policy);
		this.store.rows().put(1L, item("old"));
		cache.get(1L);
		transaction((status) -> {
			cache.put(1L, item("new"));
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("new"));
			assertThat(cache.getAll(List.of(1L))).containsEntry(1L, item("new"));
			assertThat(cache.<Item>get(1L, () -> item("loader"))).isEqualTo(item("new"));
			assertThat(entrySeenByOthers(cache)).isEqualTo(item("old"));
			assertThat(cache.pendingWrites()).isZero();
			cache.remove(1L);
			assertThat(cache.get(1L)).isNull();
			assertThat(entrySeenByOthers(cache)).isEqualTo(item("old"));
			cache.put(1L, item("last"));
		});
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("last"));
		assertThat(CompletableFuture.supplyAsync(() -> cache.get(1L, Item.class)).join()).isEqualTo(item("last"));
	}

	@Test
	@DisplayName("After commit: write-through is published, write-around dropped, write-back pending and published")
	void commitPublishesByThePolicy() {
		CaffeinePolicyCache through = cache(WritePolicy.WRITE_THROUGH);
		transaction((status) -> through.put(1L, item("new")));
		assertThat(entrySeenByOthers(through)).isEqualTo(item("new"));
		CaffeinePolicyCache around = cache(WritePolicy.WRITE_AROUND);
		transaction((status) -> around.put(1L, item("new")));
		assertThat(entrySeenByOthers(around)).isEqualTo("unknown");
		this.store.rows().clear();
		CaffeinePolicyCache back = cache(WritePolicy.WRITE_BACK);
		transaction((status) -> back.put(1L, item("new")));
		assertThat(entrySeenByOthers(back)).isEqualTo(item("new"));
		assertThat(back.pendingWrites()).isOne();
		assertThat(this.store.rows()).isEmpty();
		back.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, item("new"));
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	@DisplayName("After rollback: no trace in the cache, and nothing pending")
	void rollbackLeavesNoTrace(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(policy);
		for (Consumer<CaffeinePolicyCache> write : List.<Consumer<CaffeinePolicyCache>>of(
				(target) -> target.put(1L, item("new")), (target) -> target.remove(1L),
				(target) -> target.writing(null, true, (value) -> {
				}).put("ignored", item("new")), (target) -> target.putAll(java.util.Map.of(1L, item("new"))))) {
			this.store.rows().put(1L, item("old"));
			cache.get(1L);
			transaction((status) -> {
				write.accept(cache);
				status.setRollbackOnly();
			});
			this.store.rows().put(1L, item("old"));
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("old"));
			assertThat(cache.pendingWrites()).isZero();
			assertThat(cache.flush(TIMEOUT).written()).isZero();
		}
	}

	@Test
	@DisplayName("W3: a full buffer fails the transaction, not the phase after its commit")
	void fullBufferFailsTheTransaction() {
		CaffeinePolicyCache cache = cache(
				Specs.of("items").policy(WritePolicy.WRITE_BACK).maxPending(1).overflow(Overflow.REJECT, TIMEOUT));
		CountDownLatch release = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> awaitLatch(release));
		cache.put(9L, new Item(9L, "pending"));
		AtomicReference<Integer> status = new AtomicReference<>();
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> transaction((transaction) -> {
			cache.put(1L, item("new"));
			onCompletion(status::set);
		}));
		assertThat(status).hasValue(TransactionSynchronization.STATUS_ROLLED_BACK);
		assertThat(entrySeenByOthers(cache)).isEqualTo("unknown");
		assertThat(cache.pendingWrites()).isOne();
		release.countDown();
		cache.flush(TIMEOUT);
		transaction((transaction) -> cache.put(1L, item("new")));
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, item("new"));
	}

	@Test
	void fullBufferWritesThroughInTheTransaction() {
		CaffeinePolicyCache cache = cache(Specs.of("items")
			.policy(WritePolicy.WRITE_BACK)
			.maxPending(1)
			.overflow(Overflow.WRITE_THROUGH, TIMEOUT));
		AtomicReference<Boolean> inTransaction = new AtomicReference<>();
		CountDownLatch release = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			if (keys.contains(9L)) {
				awaitLatch(release);
			}
			else {
				inTransaction.set(TransactionSynchronizationManager.isActualTransactionActive());
			}
		});
		cache.put(9L, new Item(9L, "pending"));
		transaction((transaction) -> cache.put(1L, item("new")));
		assertThat(inTransaction).hasValue(true);
		assertThat(this.store.rows()).containsEntry(1L, item("new"));
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("new"));
		release.countDown();
	}

	@Test
	void putsOfATransactionCoalesceBeforeTheyNeedRoom() {
		CaffeinePolicyCache cache = cache(
				Specs.of("items").policy(WritePolicy.WRITE_BACK).maxPending(1).overflow(Overflow.REJECT, TIMEOUT));
		transaction((transaction) -> {
			cache.put(1L, item("first"));
			cache.put(1L, item("second"));
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("second"));
			cache.put(1L, item("third"));
		});
		// A full buffer is flushed at once, before or by this
		assertThat(cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.writes()).isOne();
		assertThat(this.store.rows()).containsEntry(1L, item("third"));
	}

	@Test
	void everyPutOfATransactionIsStoredWithoutCoalescing() {
		CaffeinePolicyCache cache = cache(Specs.of("items").policy(WritePolicy.WRITE_BACK).coalesce(false));
		transaction((transaction) -> {
			cache.put(1L, item("first"));
			cache.put(1L, item("second"));
		});
		assertThat(cache.flush(TIMEOUT).written()).isEqualTo(2);
	}

	@Test
	void putAfterRemovalInATransactionOverwritesTheRow() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		this.store.rows().put(1L, item("old"));
		this.store.rebase((key, value) -> item("over the row"));
		this.store.beforeEntries((entries) -> {
			if (!entries.containsValue(item("over the row"))) {
				throw new OptimisticLockingFailureException("changed");
			}
		});
		transaction((transaction) -> {
			cache.put(1L, item("first"));
			cache.remove(1L);
			cache.put(1L, item("second"));
			cache.put(1L, item("third"));
		});
		assertThat(cache.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.store.rows()).containsEntry(1L, item("over the row"));
	}

	@Test
	void reservedRoomIsReleasedWhenTheCommitFails() {
		CaffeinePolicyCache cache = cache(
				Specs.of("items").policy(WritePolicy.WRITE_BACK).maxPending(2).overflow(Overflow.REJECT, TIMEOUT));
		this.transactionManager.failNextCommit();
		assertThatIllegalStateException().isThrownBy(() -> transaction((transaction) -> cache.put(1L, item("new"))));
		assertThat(cache.pendingWrites()).isZero();
		cache.put(1L, item("next"));
		assertThat(cache.pendingWrites()).isOne();
		cache.put(2L, new Item(2L, "fits too"));
	}

	@Test
	@DisplayName("trap: writes in afterCommit and afterCompletion happen, outside of the finished transaction")
	void writesAfterCommitHappen() {
		for (WritePolicy policy : WritePolicy.values()) {
			CaffeinePolicyCache cache = cache(policy);
			AtomicReference<Boolean> completing = new AtomicReference<>();
			this.store.beforeWrite((keys) -> completing.set(Transactions.isCompleting()));
			transaction((transaction) -> TransactionSynchronizationManager
				.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void afterCommit() {
						cache.put(1L, item("after commit"));
						assertThat(cache.get(1L, Item.class)).isEqualTo(item("after commit"));
					}

					@Override
					public void afterCompletion(int status) {
						cache.put(2L, new Item(2L, "after completion"));
					}

				}));
			assertThat(Transactions.isCompleting()).isFalse();
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("after commit"));
			assertThat(cache.get(2L, Item.class)).isEqualTo(new Item(2L, "after completion"));
			if (policy != WritePolicy.WRITE_BACK) {
				assertThat(completing).hasValue(true);
			}
			cache.flush(TIMEOUT);
			assertThat(this.store.rows()).containsKeys(1L, 2L);
		}
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	void requiresNewCommitsOnItsOwn(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(policy);
		TransactionTemplate requiresNew = new TransactionTemplate(this.transactionManager,
				new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_REQUIRES_NEW));
		transaction((outer) -> {
			cache.put(1L, item("outer"));
			requiresNew.executeWithoutResult((inner) -> {
				cache.put(2L, new Item(2L, "inner"));
				assertThat(cache.operations().find(1L)).as("not of this transaction").isNull();
			});
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("outer"));
			outer.setRollbackOnly();
		});
		this.store.rows().remove(1L);
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsOnlyKeys(2L);
		assertThat(cache.get(1L)).isNull();
		assertThat(cache.get(2L, Item.class)).isEqualTo(new Item(2L, "inner"));
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	void savepointRollbackForgetsWhatCameAfterIt(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(policy);
		TransactionTemplate nested = new TransactionTemplate(this.transactionManager,
				new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_NESTED));
		transaction((outer) -> {
			cache.put(1L, item("outer"));
			nested.executeWithoutResult((inner) -> {
				cache.put(1L, item("inner"));
				cache.put(2L, new Item(2L, "inner"));
				assertThat(cache.get(1L, Item.class)).isEqualTo(item("inner"));
				inner.setRollbackOnly();
			});
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("outer"));
		});
		this.store.rows().clear();
		this.store.rows().put(1L, item("outer"));
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsOnlyKeys(1L);
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("outer"));
	}

	@Test
	@DisplayName("READ: what a transaction loaded is not seen by others before its commit")
	void loadInATransactionIsCachedAfterItsCommit() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		transaction((status) -> {
			assertThat(cache.<Item>get(1L, () -> item("uncommitted?"))).isEqualTo(item("uncommitted?"));
			assertThat(entrySeenByOthers(cache)).isEqualTo("unknown");
		});
		assertThat(entrySeenByOthers(cache)).isEqualTo(item("uncommitted?"));
		transaction((status) -> {
			cache.clear();
			cache.get(1L, () -> item("rolled back"));
			status.setRollbackOnly();
		});
		assertThat(entrySeenByOthers(cache)).isEqualTo("unknown");
	}

	@Test
	@DisplayName("READ: what a read-only transaction loaded is cached at once")
	void loadInAReadOnlyTransactionIsCachedAtOnce() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		this.template.setReadOnly(true);
		transaction((status) -> {
			cache.get(1L, () -> item("row"));
			assertThat(entrySeenByOthers(cache)).isEqualTo(item("row"));
		});
	}

	@Test
	@DisplayName("READ: a value from a snapshot that is older than a committed write is not cached")
	void loadFromAnOldSnapshotIsNotCached() {
		for (boolean readOnly : new boolean[] { true, false }) {
			CaffeinePolicyCache cache = cache(WritePolicy.WRITE_AROUND);
			this.template.setReadOnly(readOnly);
			transaction((status) -> {
				CompletableFuture.runAsync(() -> cache.put(1L, item("new"))).join();
				assertThat(cache.<Item>get(1L, () -> item("snapshot"))).isEqualTo(item("snapshot"));
			});
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("new"));
		}
	}

	@Test
	@DisplayName("READ: a managed value is cached as it was committed")
	void managedValueIsCachedAsCommitted() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		Item managed = item("loaded");
		transaction((status) -> {
			cache.get(1L, () -> managed);
			managed.setName("changed in the transaction");
			this.store.managed(Set.of(managed));
		});
		assertThat(entrySeenByOthers(cache)).isEqualTo(item("changed in the transaction"));
	}

	@Test
	@DisplayName("J3: a managed value is deferred as it was committed")
	void managedValueIsDeferredAsCommitted() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		Item managed = item("written");
		this.store.managed(new IdentitySet(managed));
		transaction((status) -> {
			cache.put(1L, managed);
			managed.setName("new version");
		});
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, item("new version"));
	}

	@Test
	void evictionsInATransactionHappenAtOnceAndAgainAtTheCommit() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		for (Runnable forget : List.<Runnable>of(() -> cache.evict(1L), cache::clear)) {
			cache.put(1L, item("a"));
			transaction((status) -> {
				forget.run();
				assertThat(entrySeenByOthers(cache)).isEqualTo("unknown");
				CompletableFuture.runAsync(() -> cache.get(1L)).join();
				assertThat(entrySeenByOthers(cache)).isEqualTo(item("a"));
			});
			assertThat(entrySeenByOthers(cache)).isEqualTo("unknown");
		}
	}

	@Test
	void commitPublishesEvenIfAnotherSynchronizationFails() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		assertThatIllegalStateException().isThrownBy(() -> transaction((status) -> {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public int getOrder() {
					return java.lang.Integer.MIN_VALUE;
				}

				@Override
				public void afterCommit() {
					throw new IllegalStateException("another one");
				}

			});
			cache.put(1L, item("new"));
		}));
		assertThat(cache.pendingWrites()).isOne();
		assertThat(entrySeenByOthers(cache)).isEqualTo(item("new"));
	}

	@Test
	void writeOfASynchronizationBeforeTheCommitIsPartOfIt() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		transaction((status) -> {
			cache.put(2L, new Item(2L, "first"));
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void beforeCommit(boolean readOnly) {
					cache.put(1L, item("late"));
				}

			});
		});
		assertThat(cache.pendingWrites()).isEqualTo(2);
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsOnlyKeys(1L, 2L);
	}

	@Test
	@DisplayName("W1: a write-through in a transaction keeps older pending writes back until its outcome is known")
	void writeThroughInATransactionHoldsItsKey() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		for (boolean commit : new boolean[] { true, false }) {
			this.store.rows().clear();
			cache.put(1L, item("pending"));
			transaction((status) -> {
				cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, item("through"));
				assertThat(cache.flush(Duration.ofMillis(100)).remaining()).isOne();
				assertThat(this.store.rows()).containsEntry(1L, item("through"));
				if (!commit) {
					status.setRollbackOnly();
				}
			});
			cache.flush(TIMEOUT);
			assertThat(this.store.rows()).containsEntry(1L, item((commit) ? "through" : "pending"));
			assertThat(cache.get(1L, Item.class)).isEqualTo(item((commit) ? "through" : "pending"));
			assertThat(cache.pendingWrites()).isZero();
		}
	}

	@Test
	@DisplayName("R2, trap: of overlapping write-throughs, the one that returned first is not read again after a later write")
	void overlappingWriteThroughIsStoredOnceMoreAfterADeferredWrite() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		CountDownLatch storing = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.store.beforeEntries((entries) -> {
			if (entries.containsValue(item("first"))) {
				storing.countDown();
				awaitLatch(go);
			}
		});
		CompletableFuture<Void> first = CompletableFuture
			.runAsync(() -> cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, item("first")));
		awaitLatch(storing);
		cache.put(1L, item("deferred"));
		transaction((status) -> {
			cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, item("second"));
			go.countDown();
			first.join();
			assertThat(this.store.rows()).containsEntry(1L, item("first"));
			assertThat(entrySeenByOthers(cache)).isEqualTo(item("deferred"));
		});
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("second"));
		assertThat(cache.flush(TIMEOUT).written()).isLessThanOrEqualTo(1);
		assertThat(this.store.rows()).containsEntry(1L, item("second"));
		assertThat(cache.get(1L, Item.class)).isEqualTo(item("second"));
		assertThat(cache.pendingWrites()).isZero();
	}

	@Test
	void plainCacheIsTransactionalToo() {
		CaffeinePolicyCache plain = this.manager.getCache("plain");
		assertThat(plain).isNotNull();
		transaction((status) -> {
			plain.put(1L, item("a"));
			assertThat(plain.get(1L, Item.class)).isEqualTo(item("a"));
			assertThat(entrySeenByOthers(plain)).isEqualTo("unknown");
			status.setRollbackOnly();
		});
		assertThat(plain.get(1L)).isNull();
		transaction((status) -> {
			assertThat(plain.putIfAbsent(1L, item("b"))).isNull();
			assertThat(plain.putIfAbsent(1L, item("c"))).isNotNull();
			assertThat(entrySeenByOthers(plain)).isEqualTo("unknown");
			status.setRollbackOnly();
		});
		assertThat(plain.get(1L)).isNull();
		transaction((status) -> plain.put(1L, item("a")));
		assertThat(plain.get(1L, Item.class)).isEqualTo(item("a"));
	}

	@Test
	@DisplayName("R3: what was read in a transaction and comes in another thread leaves nothing behind there")
	void valueThatComesInAnotherThreadIsNotCached() throws Exception {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			transaction((status) -> {
				Cache reading = cache.reading((value) -> true, (value) -> {
				});
				assertThat(reading.retrieve(1L)).isNull();
				CompletableFuture.runAsync(() -> reading.put(1L, item("loaded")), executor).join();
				assertThat(CompletableFuture
					.supplyAsync(() -> TransactionSynchronizationManager.getResourceMap().size(), executor)
					.join()).isZero();
			});
			CompletableFuture.runAsync(() -> transaction((status) -> cache.put(1L, item("written"))), executor).join();
			assertThat(entrySeenByOthers(cache)).isEqualTo(item("written"));
			cache.flush(TIMEOUT);
			assertThat(this.store.rows()).containsEntry(1L, item("written"));
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void valueThatComesAfterItsTransactionIsNotCached() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		Cache reading = cache.reading((value) -> true, (value) -> {
		});
		transaction((status) -> assertThat(reading.retrieve(1L)).isNull());
		reading.put(1L, item("loaded"));
		assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
		transaction((status) -> {
			cache.put(2L, new Item(2L, "other"));
			reading.put(1L, item("loaded"));
		});
		assertThat(entrySeenByOthers(cache)).isEqualTo("unknown");
	}

	private CaffeinePolicyCache cacheWithDeadLetter() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		this.store.beforeWrite((keys) -> {
			throw new OptimisticLockingFailureException("changed");
		});
		cache.put(1L, item("refused"));
		cache.flush(TIMEOUT);
		this.store.beforeWrite((keys) -> {
		});
		return cache;
	}

	@Test
	@DisplayName("F2: a dead letter that is replayed in a transaction gives way to what is written before the commit")
	void replayGivesWayToWhatIsWrittenBeforeTheCommit() {
		CaffeinePolicyCache cache = cacheWithDeadLetter();
		transaction((status) -> {
			assertThat(cache.replay(cache.deadLetters().get(0))).isTrue();
			assertThat(cache.get(1L, Item.class)).isEqualTo(item("refused"));
			CompletableFuture.runAsync(() -> cache.put(1L, item("newer"))).join();
		});
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, item("newer"));
		assertThat(entrySeenByOthers(cache)).isEqualTo(item("newer"));
		assertThat(this.manager.stop(TIMEOUT).remaining()).as("no room is left reserved").isZero();
	}

	@Test
	void deadLetterIsReplayedWhenTheTransactionCommits() {
		CaffeinePolicyCache cache = cacheWithDeadLetter();
		transaction((status) -> {
			cache.replay(cache.deadLetters().get(0));
			status.setRollbackOnly();
		});
		assertThat(cache.pendingWrites()).isZero();
		assertThat(cache.deadLetters()).hasSize(1);
		transaction((status) -> cache.replay(cache.deadLetters().get(0)));
		assertThat(cache.deadLetters()).isEmpty();
		assertThat(entrySeenByOthers(cache)).isEqualTo(item("refused"));
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, item("refused"));
	}

	@Test
	@DisplayName("R2: an eviction is done again although nobody knows whether the transaction committed")
	void evictionIsDoneAgainWhenTheAnswerToTheCommitIsLost() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_THROUGH);
		this.store.rows().put(1L, item("old"));
		this.transactionManager.failNextCommit();
		assertThatIllegalStateException().isThrownBy(() -> transaction((status) -> {
			cache.evict(1L);
			assertThat(CompletableFuture.supplyAsync(() -> cache.get(1L, Item.class)).join()).isEqualTo(item("old"));
		}));
		assertThat(entrySeenByOthers(cache)).isEqualTo("unknown");
		this.transactionManager.failNextCommit();
		assertThatIllegalStateException().isThrownBy(() -> transaction((status) -> {
			cache.clear();
			assertThat(CompletableFuture.supplyAsync(() -> cache.get(1L, Item.class)).join()).isEqualTo(item("old"));
		}));
		assertThat(entrySeenByOthers(cache)).isEqualTo("unknown");
	}

	@Test
	@DisplayName("R2: a managed value that may be stored is not hidden by an older entry")
	void managedValueOfADeferredWriteIsEvictedWhenTheAnswerToTheCommitIsLost() {
		CaffeinePolicyCache cache = cache(WritePolicy.WRITE_BACK);
		this.store.rows().put(1L, item("old"));
		cache.get(1L);
		Item managed = item("managed");
		this.store.managed(Set.of(managed));
		this.transactionManager.failNextCommit();
		assertThatIllegalStateException().isThrownBy(() -> transaction((status) -> cache.put(1L, managed)));
		assertThat(entrySeenByOthers(cache)).isEqualTo("unknown");
	}

	@Test
	@DisplayName("R3: what a read-only transaction derives from its deferred write is not seen by others")
	void valueDerivedFromADeferredWriteOfAReadOnlyTransactionIsNotShared() {
		CaffeinePolicyCache cache = cache(Specs.of("items").policy(WritePolicy.WRITE_BACK));
		CaffeinePolicyCache pages = this.manager.getCache("pages");
		assertThat(pages).isNotNull();
		TransactionTemplate readOnly = new TransactionTemplate(this.transactionManager);
		readOnly.setReadOnly(true);
		readOnly.executeWithoutResult((status) -> {
			cache.put(1L, item("never committed"));
			pages.get("p", () -> "page of " + cache.get(1L, Item.class));
			status.setRollbackOnly();
		});
		assertThat(pages.get("p")).isNull();
		readOnly.executeWithoutResult((status) -> pages.get("p", () -> "page"));
		assertThat(pages.get("p")).isNotNull();
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	void derivedCachesAreClearedInTheTransactionAndAtItsCommit(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(Specs.of("items").policy(policy).invalidates("pages"));
		CaffeinePolicyCache pages = this.manager.getCache("pages");
		assertThat(pages).isNotNull();
		pages.put(1L, "old");
		transaction((status) -> {
			cache.put(1L, item("a"));
			assertThat(pages.get(1L)).isNull();
			CompletableFuture.runAsync(() -> pages.put(1L, "old")).join();
		});
		assertThat(pages.get(1L)).isNull();
	}

	private static void onCompletion(Consumer<Integer> action) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCompletion(int status) {
				action.accept(status);
			}

		});
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A set that finds one instance, whatever becomes of its state.
	 */
	private static final class IdentitySet extends java.util.AbstractSet<Object> {

		private final Object member;

		IdentitySet(Object member) {
			this.member = member;
		}

		@Override
		public boolean contains(Object candidate) {
			return candidate == this.member;
		}

		@Override
		public java.util.Iterator<Object> iterator() {
			return List.of(this.member).iterator();
		}

		@Override
		public int size() {
			return 1;
		}

	}

}
