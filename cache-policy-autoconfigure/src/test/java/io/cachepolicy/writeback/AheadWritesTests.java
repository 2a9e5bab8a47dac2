package io.cachepolicy.writeback;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.cachepolicy.cache.PendingWrites.AheadHold;
import io.cachepolicy.cache.PendingWrites.Guard;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.FlushGate;
import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AheadWrites}: of {@code orders}, whose values are the keys of
 * {@code customers}.
 */
class AheadWritesTests extends AbstractWriteBackTests {

	private final FakeTransactionManager transactions = new FakeTransactionManager();

	private final AheadStore customerRows = new AheadStore(new Relations("customers", 0, "none"));

	private final AheadStore store = new AheadStore(new Relations("orders", 1, "customers"));

	private @Nullable WriteContext context;

	/**
	 * Holds that no flush is to end before the test does.
	 */
	private final List<AheadHold> holds = new ArrayList<>();

	private final WriteBack customers = create("customers", Specs.of("customers"), this.customerRows);

	private final WriteBack writes = create("orders", Specs.of("orders").coalesce(false), this.store);

	@Override
	@Nullable WriteContext capture() {
		return this.context;
	}

	@AfterEach
	void release() {
		this.context = null;
		this.store.beforeGate = () -> {
		};
		this.holds.forEach(AheadHold::release);
	}

	@Test
	@DisplayName("a pending write is stored by the transaction that reads its row, and no more when that has committed")
	void pendingWriteIsStoredByItsReader() {
		this.writes.offer("order", "older");
		this.writes.offer("order", "newer");
		AheadHold hold = this.writes.holdAhead(List.of("order"));
		assertThat(write(hold)).isEqualTo(Map.of("order", "newer"));
		assertThat(this.writes.find("order")).as("pending until the commit").isEqualTo("newer");
		hold.supersede((key) -> "newer");
		assertThat(this.writes.size()).isZero();
		assertThat(this.writes.counts().cancelled()).isEqualTo(2);
		assertThat(this.store.calls()).isEmpty();
		assertThat(this.store.ahead).containsExactly(Map.of("order", "newer"));
	}

	@Test
	@DisplayName("a pending write stays if the transaction that stored it rolls back")
	void pendingWriteSurvivesARollback() {
		this.writes.offer("order", "value");
		AheadHold hold = this.writes.holdAhead(List.of("order"));
		assertThat(write(hold)).isNotNull();
		hold.release();
		this.writes.flush(TIMEOUT);
		assertThat(this.store.calls()).containsExactly("flushAll[order]");
	}

	@Test
	@DisplayName("all keys are stored or none")
	void keyOfWhichNothingIsPendingStoresNone() {
		this.writes.offer("order", "value");
		assertThat(holdAndWrite(this.writes, "order", "other")).isNull();
		assertThat(this.store.ahead).isEmpty();
	}

	@Test
	void keysAreStoredInOneCall() {
		this.writes.offer("order", "value");
		this.writes.offer("removed", Absent.VALUE);
		assertThat(holdAndWrite(this.writes, "order", "removed"))
			.isEqualTo(Map.of("order", "value", "removed", Absent.VALUE));
		assertThat(this.store.ahead).hasSize(1);
	}

	@Test
	@DisplayName("what the store refused before is not tried in a transaction, what failed for the store is")
	void refusedWriteIsNotStored() {
		this.writes.offer("refused", "value");
		this.writes.offer("failed", "value");
		fail("refused", true);
		fail("failed", false);
		assertThat(holdAndWrite(this.writes, "refused")).isNull();
		assertThat(holdAndWrite(this.writes, "failed")).isNotNull();
	}

	private void fail(Object key, boolean refused) {
		PendingWrite write = Objects.requireNonNull(this.writes.peer().head(key));
		write.attempts(Attempts.none(Specs.of("orders").writeBack().retry())
			.failed(Instant.EPOCH, System.nanoTime(), 0, refused, refused, null));
	}

	@Test
	@DisplayName("a put over a pending removal waits for the flush, a removal does not")
	void putOverRemovalIsNotStored() {
		this.writes.offer("order", Absent.VALUE);
		assertThat(holdAndWrite(this.writes, "order")).isNotNull();
		this.writes.offer("order", "again");
		assertThat(holdAndWrite(this.writes, "order")).isNull();
	}

	@Test
	@DisplayName("C3: a value that another writer overtook is not stored over its row")
	void overtakenWriteIsNotStored() {
		this.writes.offer("order", "value");
		AheadHold hold = this.writes.holdAhead(List.of("order"));
		this.holds.add(hold);
		Guard guard = this.writes.guard("order");
		guard.changed(false);
		guard.release();
		assertThat(write(hold)).isNull();
	}

	@Test
	@DisplayName("C3: nothing is stored while another writer changes a row")
	void rowThatIsBeingChangedIsNotStored() {
		this.writes.offer("order", "value");
		this.writes.offer("other", "value");
		Guard guard = this.writes.guard("other");
		assertThat(holdAndWrite(this.writes, "order", "other")).isNull();
		assertThat(holdAndWrite(this.writes, "order")).isNotNull();
		guard.release();
		assertThat(holdAndWrite(this.writes, "order", "other")).isNotNull();
	}

	@Test
	@DisplayName("C3: another writer that changes a row before it is locked is noticed, though it has ended")
	void rowThatWasChangedBeforeItsLockIsNotStored() {
		this.writes.offer("order", "value");
		this.writes.offer("other", "value");
		this.store.beforeGate = () -> this.writes.guard("other").release();
		assertThat(holdAndWrite(this.writes, "order", "other")).isNull();
		assertThat(this.store.ahead).isEmpty();
		this.store.beforeGate = () -> this.writes.hold(List.of("order"), false).release();
		assertThat(holdAndWrite(this.writes, "order", "other")).isNull();
		Guard[] guards = new Guard[1];
		this.store.beforeGate = () -> guards[0] = this.writes.guard("order");
		assertThat(holdAndWrite(this.writes, "order", "other")).isNull();
		guards[0].release();
	}

	@Test
	@DisplayName("two transactions that store the same pending write do not keep each other from it")
	void otherReaderOfTheRowIsNoChange() {
		this.writes.offer("order", "value");
		this.store.beforeGate = () -> this.writes.holdAhead(List.of("order")).release();
		assertThat(holdAndWrite(this.writes, "order")).isNotNull();
	}

	@Test
	@DisplayName("what changed a row before the hold began is no reason to wait")
	void earlierChangeIsNoChange() {
		this.writes.offer("order", "value");
		AheadHold hold = this.writes.holdAhead(List.of("order"));
		this.holds.add(hold);
		this.writes.guard("order").release();
		assertThat(write(hold)).isNotNull();
	}

	@Test
	@DisplayName("J5: a row that refers to a pending one is stored by a transaction that has stored that one")
	void referringRowNeedsTheOther() {
		this.customers.offer("alice", "");
		this.writes.offer("order", "alice");
		this.writes.offer("other", "bob");
		assertThat(holdAndWrite(this.writes, "order")).isNull();
		assertThat(holdAndWrite(this.writes, "other")).as("refers to nothing pending").isNotNull();
		inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, () -> {
			assertThat(holdAndWrite(this.customers, "alice")).isNotNull();
			assertThat(holdAndWrite(this.writes, "other")).isNotNull();
			assertThat(holdAndWrite(this.writes, "order")).isNotNull();
		});
		assertThat(holdAndWrite(this.writes, "order")).as("in another transaction").isNull();
	}

	@Test
	@DisplayName("J5: what a transaction has stored is not there for one that suspended it, and again afterwards")
	void storedRowIsThatOfItsTransaction() {
		this.customers.offer("alice", "");
		this.customers.offer("bob", "");
		this.writes.offer("order", "alice");
		this.writes.offer("other", "bob");
		inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, () -> {
			holdAndWrite(this.customers, "alice");
			inTransaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW, () -> {
				assertThat(holdAndWrite(this.writes, "order")).isNull();
				holdAndWrite(this.customers, "bob");
				assertThat(holdAndWrite(this.writes, "other")).isNotNull();
			});
			assertThat(holdAndWrite(this.writes, "order")).isNotNull();
			assertThat(holdAndWrite(this.writes, "other")).isNull();
		});
	}

	@Test
	@DisplayName("J5: what was stored may be gone after a rollback to a savepoint")
	void savepointTakesStoredRowsBack() {
		this.customers.offer("alice", "");
		this.writes.offer("order", "alice");
		inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, () -> {
			TransactionTemplate nested = new TransactionTemplate(this.transactions);
			nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
			nested.executeWithoutResult((status) -> {
				assertThat(holdAndWrite(this.customers, "alice")).isNotNull();
				status.setRollbackOnly();
			});
			assertThat(holdAndWrite(this.writes, "order")).isNull();
			assertThat(holdAndWrite(this.customers, "alice")).isNotNull();
			assertThat(holdAndWrite(this.writes, "order")).isNotNull();
		});
	}

	@Test
	@DisplayName("J5: rows of one call may refer to each other")
	void rowsOfOneCallReferToEachOther() {
		AheadStore tree = new AheadStore(new Relations("tree", 2, "tree"));
		WriteBack nodes = create("tree", Specs.of("tree"), tree);
		nodes.offer("root", "none");
		nodes.offer("leaf", "root");
		assertThat(holdAndWrite(nodes, "leaf")).isNull();
		assertThat(holdAndWrite(nodes, "root", "leaf")).isNotNull();
	}

	@Test
	@DisplayName("J5: a removal waits for pending rows that may refer to its own")
	void removalWaitsForReferringRows() {
		this.customers.offer("alice", Absent.VALUE);
		assertThat(holdAndWrite(this.customers, "alice")).isNotNull();
		this.writes.offer("order", "bob");
		assertThat(holdAndWrite(this.customers, "alice")).isNull();
	}

	@Test
	@DisplayName("what the store refuses is stored by nobody, and no row refers to it")
	void refusalOfTheStoreStoresNothing() {
		this.customers.offer("alice", "");
		this.writes.offer("order", "alice");
		this.customerRows.refusing = true;
		inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, () -> {
			assertThat(holdAndWrite(this.customers, "alice")).isNull();
			assertThat(holdAndWrite(this.writes, "order")).isNull();
		});
		assertThat(this.customers.find("alice")).isEqualTo("");
	}

	@Test
	@DisplayName("J6: a write is stored in the context of its writer, whoever reads")
	void writeIsStoredInItsContext() {
		List<String> stored = new ArrayList<>();
		this.store.contextual(true);
		this.store.beforeGate = () -> stored.add(String.valueOf(this.context));
		User alice = new User("alice", true, true);
		this.context = alice;
		this.writes.offer("own", "value");
		this.context = new User("bob", true, true);
		this.writes.offer("other", "value");
		this.writes.offer("last", "value");
		this.context = alice;
		assertThat(holdAndWrite(this.writes, "own")).isEqualTo(Map.of("own", "value"));
		assertThat(holdAndWrite(this.writes, "other")).isEqualTo(Map.of("other", "value"));
		this.store.refusing = true;
		assertThat(holdAndWrite(this.writes, "last")).isNull();
		assertThat(stored).hasSize(3);
		assertThat(stored.get(0)).contains("alice");
		assertThat(stored.get(1)).contains("bob");
		assertThat(stored.get(2)).contains("bob");
	}

	@Test
	@DisplayName("J6: nothing is stored in a context that the thread can't take")
	void contextThatCannotBeTakenStoresNothing() {
		this.store.contextual(true);
		this.writes.offer("none", "value");
		this.context = new User("alone", false, true);
		this.writes.offer("alone", "value");
		User skips = new User("skips", true, false);
		this.context = skips;
		this.writes.offer("skips", "value");
		this.context = new User("alice", true, true);
		assertThat(holdAndWrite(this.writes, "none")).isNull();
		assertThat(holdAndWrite(this.writes, "alone")).isNull();
		assertThat(holdAndWrite(this.writes, "skips")).isNull();
		assertThat(this.store.ahead).isEmpty();
		skips.running = true;
		this.context = null;
		assertThat(holdAndWrite(this.writes, "none")).isNotNull();
		this.store.contextual(false);
		assertThat(holdAndWrite(this.writes, "alone")).as("the context changes nothing").isNotNull();
	}

	@Test
	@DisplayName("J6: a store that needs the context of a writer is asked for one row at a time")
	void batchesOfContextsHaveOneRow() {
		assertThat(this.writes.batchSize()).isEqualTo(500);
		this.store.contextual(true);
		assertThat(this.writes.batchSize()).isOne();
	}

	private @Nullable Map<Object, Object> holdAndWrite(WriteBack writes, Object... keys) {
		AheadHold hold = writes.holdAhead(List.of(keys));
		this.holds.add(hold);
		return write(hold);
	}

	private @Nullable Map<Object, Object> write(AheadHold hold) {
		return new TransactionTemplate(this.transactions).execute((status) -> hold.write());
	}

	private void inTransaction(int propagation, Runnable action) {
		TransactionTemplate template = new TransactionTemplate(this.transactions);
		template.setPropagationBehavior(propagation);
		template.executeWithoutResult((status) -> action.run());
	}

	/**
	 * A store that can store ahead of the flush.
	 */
	private static final class AheadStore extends FakeStore {

		private final List<Map<Object, Object>> ahead = new ArrayList<>();

		/**
		 * Run before the rows are locked.
		 */
		private Runnable beforeGate = () -> {
		};

		private boolean refusing;

		AheadStore(RowRelations relations) {
			relations(relations);
		}

		@Override
		public @Nullable Map<Object, Object> writeAhead(Map<Object, Object> entries, FlushGate gate) {
			this.beforeGate.run();
			try {
				gate.pass();
			}
			catch (RuntimeException ex) {
				return null;
			}
			if (this.refusing) {
				return null;
			}
			this.ahead.add(new LinkedHashMap<>(entries));
			return entries;
		}

	}

	/**
	 * Rows whose values are keys of the rows to which they refer.
	 *
	 * @param rows the kind of row
	 * @param rank the rank
	 * @param referred the other kind of row
	 */
	private record Relations(Object rows, int rank, Object referred) implements RowRelations {

		@Override
		public boolean refersTo(RowRelations other) {
			return this.referred.equals(other.rows());
		}

		@Override
		public Collection<RowReference> references(Object value) {
			return List.of(new RowReference(this.referred, value));
		}

	}

	/**
	 * The context of a user.
	 */
	private final class User implements WriteContext {

		private final String name;

		private final boolean nestable;

		private boolean running;

		User(String name, boolean nestable, boolean running) {
			this.name = name;
			this.nestable = nestable;
			this.running = running;
		}

		@Override
		public void run(Runnable action) {
			WriteContext before = AheadWritesTests.this.context;
			AheadWritesTests.this.context = this;
			try {
				if (this.running) {
					action.run();
				}
			}
			finally {
				AheadWritesTests.this.context = before;
			}
		}

		@Override
		public boolean isNestable() {
			return this.nestable;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
