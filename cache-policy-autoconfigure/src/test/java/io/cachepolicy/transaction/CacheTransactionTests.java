package io.cachepolicy.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

	private final NoTransactionManager manager = new NoTransactionManager();

	private final TransactionTemplate transaction = new TransactionTemplate(this.manager);

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
	@DisplayName("W1: what follows from an earlier write is overtaken by later ones, and does not overtake them")
	void changeHasThePlaceOfItsWrite() {
		PreparedWrite first = new RecordedWrite("first");
		this.transaction.executeWithoutResult((status) -> {
			CacheTransaction.add("a", first);
			CacheTransaction.add("b", new VisibleWrite("key", "value"));
			CacheTransaction.inPlaceOf("a", first, () -> {
				CacheTransaction.addChange("b", new VisibleWrite("key", PreparedWrite.IN_STORE));
				CacheTransaction.addChange("b", new VisibleWrite("other", PreparedWrite.IN_STORE));
				return first;
			});
			CacheTransaction transaction = Objects.requireNonNull(CacheTransaction.current("b"));
			assertThat(transaction.find("key")).isEqualTo("value");
			assertThat(transaction.find("other")).isSameAs(PreparedWrite.IN_STORE);
			assertThat(transaction.isOverwriting("key")).isTrue();
			CacheTransaction.addChange("b", new VisibleWrite("key", PreparedWrite.IN_STORE));
			assertThat(transaction.find("key")).isSameAs(PreparedWrite.IN_STORE);
		});
	}

	@Test
	@DisplayName("W1: a savepoint takes back what was done after it, whatever its place")
	void savepointKnowsWhatWasDoneBefore() {
		PreparedWrite first = new RecordedWrite("first");
		this.transaction.executeWithoutResult((status) -> {
			CacheTransaction.add("a", first);
			CacheTransaction.add("a", new VisibleWrite("key", "value"));
			CacheTransaction transaction = Objects.requireNonNull(CacheTransaction.current("a"));
			transaction.savepoint("savepoint");
			CacheTransaction.inPlaceOf("a", first, () -> {
				CacheTransaction.addChange("a", new VisibleWrite("other", PreparedWrite.IN_STORE));
				return first;
			});
			assertThat(transaction.isOverwriting("other")).isTrue();
			transaction.savepointRollback("savepoint");
			assertThat(transaction.find("key")).isEqualTo("value");
			assertThat(transaction.find("other")).isNull();
			assertThat(transaction.isOverwriting("other")).isFalse();
		});
	}

	@Test
	@DisplayName("R6: a savepoint takes back the rows that changed after it, and no others")
	void savepointDividesChangedRows() {
		this.transaction.executeWithoutResult((status) -> {
			CacheTransaction.addChange("a", "before", false);
			CacheTransaction transaction = Objects.requireNonNull(CacheTransaction.current("a"));
			transaction.savepoint("savepoint");
			CacheTransaction.addChange("a", "after", false);
			CacheTransaction.addChange("a", "removed", true);
			assertThat(transaction.find("after")).isSameAs(PreparedWrite.IN_STORE);
			assertThat(transaction.isOverwriting("removed")).isTrue();
			transaction.savepointRollback("savepoint");
			assertThat(transaction.find("before")).isSameAs(PreparedWrite.IN_STORE);
			assertThat(transaction.find("after")).isNull();
			assertThat(transaction.find("removed")).isNull();
			assertThat(transaction.isOverwriting("removed")).isFalse();
			CacheTransaction.addChange("a", "later", false);
			transaction.savepointRollback("savepoint");
			assertThat(transaction.find("later")).isNull();
			assertThat(transaction.find("before")).isSameAs(PreparedWrite.IN_STORE);
		});
	}

	@Test
	@DisplayName("R6: rows that change before and after a write give way to it, and take its place")
	void writeDividesChangedRows() {
		PreparedWrite first = new RecordedWrite("first");
		this.transaction.executeWithoutResult((status) -> {
			CacheTransaction.add("b", first);
			CacheTransaction.addChange("a", "key", false);
			CacheTransaction.add("a", new VisibleWrite("key", "value"));
			CacheTransaction.addChange("a", "other", false);
			CacheTransaction transaction = Objects.requireNonNull(CacheTransaction.current("a"));
			CacheTransaction.inPlaceOf("b", first, () -> {
				CacheTransaction.addChange("a", "key", false);
				return first;
			});
			assertThat(transaction.find("key")).isEqualTo("value");
			CacheTransaction.addChange("a", "key", false);
			assertThat(transaction.find("key")).isSameAs(PreparedWrite.IN_STORE);
			assertThat(transaction.find("other")).isSameAs(PreparedWrite.IN_STORE);
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@DisplayName("D5: a transaction that is suspended knows what it did when it goes on, and others do not")
	void transactionIsSuspended(boolean withClock) {
		if (withClock) {
			this.manager.setTransactionExecutionListeners(List.of(new TransactionClock(this.manager)));
		}
		TransactionTemplate inner = new TransactionTemplate(this.manager);
		inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.transaction.executeWithoutResult((status) -> {
			CacheTransaction.addChange("a", "outer", false);
			CacheTransaction outer = Objects.requireNonNull(CacheTransaction.current("a"));
			inner.executeWithoutResult((other) -> {
				assertThat(CacheTransaction.current("a")).isNull();
				CacheTransaction.addChange("b", "inner", false);
				CacheTransaction.addChange("a", "inner", false);
				assertThat(CacheTransaction.current("a")).isNotNull().isNotSameAs(outer);
			});
			assertThat(CacheTransaction.current("a")).isSameAs(outer);
			assertThat(CacheTransaction.current("b")).isNull();
			assertThat(outer.find("inner")).isNull();
		});
		assertThat(CacheTransaction.current("a")).isNull();
		assertThat(Transactions.isActive()).isFalse();
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
	 * A write that the writer sees.
	 *
	 * @param key the key
	 * @param value the value
	 */
	private record VisibleWrite(Object key, Object value) implements PreparedWrite {

		@Override
		public void describe(Map<Object, Object> visible) {
			visible.put(this.key, this.value);
		}

		@Override
		public void complete() {
			// It is only to be seen
		}

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

		private int open;

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected boolean isExistingTransaction(Object transaction) {
			return this.open > 0;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			this.open++;
		}

		@Override
		protected Object doSuspend(Object transaction) {
			return new Object();
		}

		@Override
		protected void doResume(@Nullable Object transaction, Object suspended) {
		}

		@Override
		protected void doCleanupAfterCompletion(Object transaction) {
			this.open--;
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

}
