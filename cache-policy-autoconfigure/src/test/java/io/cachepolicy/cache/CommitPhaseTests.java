package io.cachepolicy.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for writes that other synchronizations make while a transaction commits, as
 * listeners of events do.
 */
class CommitPhaseTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final FakeStore store = new FakeStore();

	private final FakeTransactionManager transactionManager = new FakeTransactionManager();

	private CaffeinePolicyCache cache = cache(Specs.of("items"));

	private CaffeinePolicyCache cache(Specs specs) {
		CaffeinePolicyCache cache = specs.policy(WritePolicy.WRITE_BACK).manager(this.store).getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	private void commitWith(TransactionSynchronization synchronization) {
		new TransactionTemplate(this.transactionManager).executeWithoutResult(
				(status) -> TransactionSynchronizationManager.registerSynchronization(synchronization));
	}

	private static TransactionSynchronization beforeCommit(Runnable action) {
		return new TransactionSynchronization() {

			@Override
			public void beforeCommit(boolean readOnly) {
				action.run();
			}

		};
	}

	private static TransactionSynchronization afterCommit(Runnable action) {
		return new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				action.run();
			}

		};
	}

	@Test
	void firstWriteOfTransactionMadeBeforeCommitIsAccepted() {
		commitWith(beforeCommit(() -> this.cache.put(1L, "new")));
		assertThat(this.cache.get(1L, String.class)).isEqualTo("new");
		assertThat(this.cache.pendingWrites()).isOne();
		this.cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, "new");
	}

	@Test
	void firstWriteOfTransactionMadeBeforeCompletionIsAccepted() {
		commitWith(new TransactionSynchronization() {

			@Override
			public void beforeCompletion() {
				CommitPhaseTests.this.cache.put(1L, "new");
			}

		});
		assertThat(this.cache.get(1L, String.class)).isEqualTo("new");
		assertThat(this.cache.pendingWrites()).isOne();
	}

	@Test
	void fullBufferRefusesTransactionWhoseFirstWriteIsMadeBeforeCommit() {
		this.cache = cache(Specs.of("items").maxPending(1).overflow(Overflow.REJECT, TIMEOUT));
		CompletableFuture<Void> release = new CompletableFuture<>();
		this.store.beforeWrite((keys) -> release.join());
		this.cache.put(1L, "old");
		assertThatExceptionOfType(WriteRefusedException.class)
			.isThrownBy(() -> commitWith(beforeCommit(() -> this.cache.put(2L, "new"))));
		assertThat(this.cache.operations().find(2L)).isNull();
		release.complete(null);
	}

	@Test
	void writesAfterCommitAreAcceptedIfNobodyNotesTheBeginOfTransactions() {
		this.transactionManager.setTransactionExecutionListeners(List.of());
		commitWith(afterCommit(() -> this.cache.put(1L, "first of the transaction")));
		assertThat(this.cache.pendingWrites()).isOne();
		new TransactionTemplate(this.transactionManager).executeWithoutResult((status) -> {
			this.cache.put(2L, "in time");
			TransactionSynchronizationManager
				.registerSynchronization(afterCommit(() -> this.cache.put(3L, "second of the transaction")));
		});
		assertThat(this.cache.pendingWrites()).isEqualTo(3);
		this.cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsOnlyKeys(1L, 2L, 3L);
	}

}
