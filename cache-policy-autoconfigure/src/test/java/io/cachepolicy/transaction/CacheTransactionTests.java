package io.cachepolicy.transaction;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the order in which a transaction ends in several caches.
 */
class CacheTransactionTests {

	private final List<String> calls = new ArrayList<>();

	private final TransactionTemplate transaction = new TransactionTemplate(new NoTransactionManager());

	@Test
	@DisplayName("D5, W9: the writes of all caches know of the commit before the first is completed, and keep their order")
	void allCachesKnowOfTheCommitFirst() {
		this.transaction.executeWithoutResult((status) -> {
			CacheTransaction.add("a", new RecordedWrite("a1"));
			CacheTransaction.add("b", new RecordedWrite("b"));
			CacheTransaction.add("a", new RecordedWrite("a2"));
			this.calls.clear();
		});
		assertThat(this.calls).containsExactly("before a1", "before b", "before a2", "committed a1", "committed b",
				"committed a2", "complete a1", "complete b", "complete a2");
	}

	@Test
	void cacheThatIsTouchedTooLateFollowsByItself() {
		this.transaction.executeWithoutResult((status) -> {
			CacheTransaction.add("a", new RecordedWrite("a"));
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void beforeCommit(boolean readOnly) {
					CacheTransaction.add("b", new RecordedWrite("b"));
				}

			});
			this.calls.clear();
		});
		assertThat(this.calls).containsExactly("before a", "committed a", "complete a", "before b", "complete b");
	}

	@Test
	void rolledBackWritesAreCancelled() {
		this.transaction.executeWithoutResult((status) -> {
			CacheTransaction.add("a", new RecordedWrite("a"));
			status.setRollbackOnly();
		});
		assertThat(this.calls).containsExactly("cancel a");
	}

	/**
	 * A write that tells what is asked of it.
	 */
	private final class RecordedWrite implements PreparedWrite {

		private final String name;

		RecordedWrite(String name) {
			this.name = name;
		}

		private void record(String call) {
			CacheTransactionTests.this.calls.add(call + " " + this.name);
		}

		@Override
		public void beforeCommit() {
			record("before");
		}

		@Override
		public void committed() {
			record("committed");
		}

		@Override
		public void complete() {
			record("complete");
		}

		@Override
		public void cancel() {
			record("cancel");
		}

	}

	/**
	 * Transactions of nothing.
	 */
	@SuppressWarnings("serial")
	private static final class NoTransactionManager extends AbstractPlatformTransactionManager {

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

}
