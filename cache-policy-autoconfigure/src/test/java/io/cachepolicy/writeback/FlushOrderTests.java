package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.FlushReport;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FlushOrder}, with three caches: orders refer to customers, items to
 * orders. The value of a row is the key of the row to which it refers.
 */
class FlushOrderTests extends AbstractWriteBackTests {

	private final Object database = new Object();

	private final FakeStore customerRows = store("customers", 0, Set.of());

	private final FakeStore orderRows = store("orders", 1, Set.of("customers"));

	private final FakeStore itemRows = store("items", 2, Set.of("orders", "customers"));

	/**
	 * The rows in the order in which they were stored or deleted.
	 */
	private final List<Object> journal = new CopyOnWriteArrayList<>();

	private WriteBack customers;

	private WriteBack orders;

	private WriteBack items;

	private FakeStore store(String rows, int rank, Set<String> referred) {
		FakeStore store = new FakeStore();
		store.resource(this.database);
		store.relations(new Relations(rows, rank, referred));
		return store;
	}

	@BeforeEach
	void create() {
		create(Specs.of("rows"));
	}

	private void create(Specs specs) {
		this.customers = create("customers", specs, this.customerRows);
		this.orders = create("orders", specs, this.orderRows);
		this.items = create("items", specs, this.itemRows);
		for (FakeStore rows : List.of(this.customerRows, this.orderRows, this.itemRows)) {
			rows.beforeWrite(this.journal::addAll);
		}
	}

	@Test
	@DisplayName("J5: parents are inserted before their children, whoever is flushed")
	void parentsAreStoredBeforeChildren() {
		this.items.offer("item", "order");
		this.orders.offer("order", "customer");
		this.customers.offer("customer", "");
		assertThat(this.items.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.journal).containsExactly("customer", "order", "item");
	}

	@Test
	@DisplayName("J5: a child that refers to rows that are stored waits for nothing")
	void childOfStoredParentDoesNotWait() {
		this.customers.offer("another", "");
		this.orders.offer("order", "customer");
		assertThat(this.orders.flush(TIMEOUT).written()).isOne();
		assertThat(this.journal).containsExactly("order");
		assertThat(this.customers.size()).isOne();
	}

	@Test
	@DisplayName("J5: children are deleted before their parents, whoever is flushed")
	void childrenAreDeletedBeforeParents() {
		this.customers.offer("customer", Absent.VALUE);
		this.orders.offer("order", Absent.VALUE);
		this.items.offer("item", Absent.VALUE);
		assertThat(this.customers.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.journal).containsExactly("item", "order", "customer");
	}

	@Test
	@DisplayName("J5: a parent is deleted after its children moved to another one")
	void parentIsDeletedAfterChildrenMoved() {
		this.customers.offer("old", Absent.VALUE);
		this.orders.offer("order", "new");
		this.customers.offer("new", "");
		this.customers.flush(TIMEOUT);
		assertThat(this.journal).containsExactly("new", "order", "old");
	}

	@Test
	@DisplayName("W5: a child does not wait for a parent again that is written all the time")
	void childOfHotParentIsStored() {
		AtomicInteger writes = new AtomicInteger();
		this.customerRows.beforeWrite((keys) -> {
			this.journal.addAll(keys);
			if (this.journal.contains("order")) {
				return;
			}
			// Never more than one pending, and always one
			this.customers.offer("customer", "version " + writes.incrementAndGet());
		});
		this.customers.offer("customer", "");
		this.orders.offer("order", "customer");
		assertThat(this.orders.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.journal).startsWith("customer");
	}

	@Test
	void childWaitsForParentInFlightWhileOthersAreStored() {
		CountDownLatch began = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.customerRows.beforeWrite((keys) -> {
			began.countDown();
			awaitLatch(release);
			this.journal.addAll(keys);
		});
		this.customers.offer("customer", "");
		this.customers.expedite("customer");
		awaitLatch(began);
		this.orders.offer("child", "customer");
		this.orders.offer("other", "stored");
		assertThat(this.orders.flush(Duration.ofMillis(200))).isEqualTo(new FlushReport(1, 0, 1));
		assertThat(this.journal).containsExactly("other");
		release.countDown();
		assertThat(this.orders.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.journal).containsExactly("other", "customer", "child");
	}

	@Test
	@DisplayName("J5: a value that changes while its row waits takes its new parent along")
	void newValueOfAWaitingRowWaitsForItsOwnParent() {
		CountDownLatch release = new CountDownLatch(1);
		this.customerRows.beforeWrite((keys) -> {
			if (keys.contains("first")) {
				awaitLatch(release);
			}
			this.journal.addAll(keys);
		});
		this.customers.offer("first", "");
		this.orders.offer("order", "first");
		this.orders.expedite("order");
		await().until(this.orders.peer()::isWaiting);
		this.customers.offer("second", "");
		this.orders.offer("order", "second");
		release.countDown();
		assertThat(this.orders.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.journal).containsSubsequence("second", "order");
		assertThat(this.orderRows.rows()).containsEntry("order", "second");
	}

	@Test
	void childGoesOnWhenItsParentBecameADeadLetter() {
		this.customerRows.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("refused");
		});
		this.customers.offer("customer", "");
		this.orders.offer("order", "customer");
		assertThat(this.orders.flush(TIMEOUT).written()).isOne();
		assertThat(this.customers.deadLetters()).hasSize(1);
	}

	@Test
	void deleteGoesOnWhenAChildBecameADeadLetter() {
		this.orderRows.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("refused");
		});
		this.customers.offer("customer", Absent.VALUE);
		this.orders.offer("order", "another");
		assertThat(this.customers.flush(TIMEOUT).written()).isOne();
		assertThat(this.orders.deadLetters()).hasSize(1);
	}

	@Test
	void deleteDoesNotWaitForLaterWritesOfChildren() {
		AtomicInteger next = new AtomicInteger();
		this.orderRows.beforeWrite((keys) -> {
			this.journal.addAll(keys);
			// There is always another one
			this.orders.offer("order" + next.incrementAndGet(), "another");
		});
		this.orders.offer("order0", "another");
		this.customers.offer("customer", Absent.VALUE);
		assertThat(this.customers.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.journal).containsSubsequence("order0", "customer");
		this.orderRows.beforeWrite((keys) -> {
		});
	}

	@Test
	@DisplayName("J5: a row that is put again while its delete waits is not deleted")
	void putOverAWaitingDeleteIsStored() {
		CountDownLatch release = new CountDownLatch(1);
		this.orderRows.beforeWrite((keys) -> {
			awaitLatch(release);
			this.journal.addAll(keys);
		});
		this.orders.offer("order", "customer");
		this.customers.offer("customer", Absent.VALUE);
		this.customers.expedite("customer");
		await().until(this.customers.peer()::isWaiting);
		this.customers.offer("customer", "again");
		release.countDown();
		this.orders.flush(TIMEOUT);
		this.customers.flush(TIMEOUT);
		assertThat(this.customerRows.calls()).containsExactly("flushAll[customer]");
		assertThat(this.customerRows.rows()).containsEntry("customer", "again");
	}

	@Test
	@DisplayName("J5: a row that is put again while its delete waits does not wait for rows that wait for it")
	void putOverAWaitingDeleteDoesNotWaitForItsChildren() {
		CountDownLatch release = new CountDownLatch(1);
		this.orderRows.beforeWrite((keys) -> {
			if (keys.contains("busy")) {
				awaitLatch(release);
			}
			this.journal.addAll(keys);
		});
		this.orders.offer("busy", "another");
		this.orders.expedite("busy");
		await().until(() -> !this.orderRows.calls().isEmpty());
		this.orders.offer("order", "customer");
		this.customers.offer("customer", Absent.VALUE);
		this.customers.expedite("customer");
		await().until(this.customers.peer()::isWaiting);
		this.customers.offer("customer", "again");
		release.countDown();
		assertThat(this.orders.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.journal).containsExactly("busy", "customer", "order");
	}

	@Test
	@DisplayName("J5: a row whose parent is deleted before it was stored does not wait for that, and is not waited for")
	void childOfAParentThatIsDeletedMeanwhileGoesOn() {
		create(Specs.of("rows").initialInterval(Duration.ofMinutes(1)).maxInterval(Duration.ofMinutes(1)));
		AtomicBoolean first = new AtomicBoolean(true);
		this.customerRows.beforeWrite((keys) -> {
			if (first.getAndSet(false)) {
				throw new DataIntegrityViolationException("once");
			}
			this.journal.addAll(keys);
		});
		this.customers.offer("customer", "");
		this.customers.expedite("customer");
		await().until(() -> this.customers.counts().retried() == 1);
		this.orders.offer("order", "customer");
		this.orders.expedite("order");
		await().until(this.orders.peer()::isWaiting);
		this.customers.offer("customer", Absent.VALUE);
		assertThat(this.customers.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.journal).containsExactly("order", "customer");
	}

	@Test
	@DisplayName("J5: a row waits with the row of its cache to which it refers")
	void childWaitsWithItsParentOfTheSameCache() {
		CountDownLatch began = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.customerRows.beforeWrite((keys) -> {
			began.countDown();
			awaitLatch(release);
			this.journal.addAll(keys);
		});
		FakeStore tree = store("nodes", 1, Set.of("customers", "nodes"));
		tree.beforeWrite(this.journal::addAll);
		WriteBack nodes = create("nodes", Specs.of("nodes"), tree);
		this.customers.offer("customer", "");
		this.customers.expedite("customer");
		awaitLatch(began);
		nodes.offer("parent", "customer");
		nodes.offer("child", "parent");
		nodes.offer("grandchild", "child");
		nodes.offer("other", "");
		assertThat(nodes.flush(Duration.ofMillis(200)).remaining()).isEqualTo(3);
		release.countDown();
		assertThat(nodes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.journal).containsExactly("other", "customer", "parent", "child", "grandchild");
		assertThat(tree.calls()).containsExactly("flushAll[other]", "flushAll[parent, child, grandchild]");
	}

	@Test
	@DisplayName("J5: rows of a cache that refer to each other in a circle do not wait for ever, also if one is tried again")
	void circleOfRowsOfWhichOneIsTriedAgainGoesOn() {
		FakeStore tree = store("nodes", 1, Set.of("customers", "nodes"));
		AtomicInteger refusals = new AtomicInteger();
		WriteBack nodes = create("nodes", Specs.of("nodes").batchSize(1).maxAttempts(20), tree);
		tree.beforeWrite((keys) -> {
			if (refusals.incrementAndGet() <= 10) {
				throw new DataIntegrityViolationException("not yet");
			}
		});
		nodes.offer("a", "b");
		nodes.offer("b", "c");
		nodes.offer("c", "d");
		nodes.offer("d", "a");
		assertThat(nodes.flush(TIMEOUT)).isEqualTo(new FlushReport(4, 0, 0));
	}

	@Test
	@DisplayName("J5: a row that is claimed early is stored before those of its batch that refer to it")
	void urgentParentIsStoredBeforeItsChild() {
		FakeStore tree = store("nodes", 0, Set.of("nodes"));
		CountDownLatch release = new CountDownLatch(1);
		tree.beforeWrite((keys) -> {
			if (keys.contains("busy")) {
				awaitLatch(release);
			}
		});
		WriteBack nodes = create("nodes", Specs.of("nodes"), tree);
		nodes.offer("busy", "");
		nodes.expedite("busy");
		await().until(() -> !tree.calls().isEmpty());
		nodes.offer("child", "parent");
		nodes.offer("gone", Absent.VALUE);
		nodes.offer("parent", "root");
		nodes.offer("root", "");
		nodes.expedite("parent");
		nodes.peer().requestFlush();
		release.countDown();
		assertThat(nodes.flush(TIMEOUT).remaining()).isZero();
		assertThat(tree.calls()).containsExactly("flushAll[busy]", "flushAll[root, parent, child]", "deleteAll[gone]");
	}

	@Test
	@DisplayName("J5: a long chain of rows is stored from its end")
	void longChainOfRowsIsStored() {
		FakeStore tree = store("nodes", 0, Set.of("nodes"));
		tree.beforeWrite(this.journal::addAll);
		WriteBack nodes = create("nodes", Specs.of("nodes").flushThreshold(50_000), tree);
		List<Object> expected = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			nodes.offer(i, i + 1);
			expected.add(0, i);
		}
		assertThat(nodes.flush(TIMEOUT.multipliedBy(3))).isEqualTo(new FlushReport(20_000, 0, 0));
		assertThat(this.journal).isEqualTo(expected);
	}

	@Test
	@DisplayName("J5: a row takes the pending row of its cache to which it refers into its batch")
	void selfReferencesAreStoredParentsFirst() {
		FakeStore tree = store("nodes", 0, Set.of("nodes"));
		WriteBack nodes = create("nodes", Specs.of("nodes").batchSize(2), tree);
		nodes.offer("a leaf", "c branch");
		nodes.offer("b other", "");
		nodes.offer("c branch", "d root");
		nodes.offer("d root", "");
		nodes.flush(TIMEOUT);
		assertThat(tree.calls()).containsExactly("flushAll[d root, c branch, a leaf]", "flushAll[b other]");
	}

	@Test
	@DisplayName("J5: rows that refer to each other in a circle do not wait for ever")
	void circlesAreHandedToTheStore() {
		FakeStore tree = store("nodes", 0, Set.of("nodes", "leaves"));
		FakeStore leafRows = store("leaves", 0, Set.of("nodes", "leaves"));
		WriteBack nodes = create("nodes", Specs.of("nodes").batchSize(1), tree);
		WriteBack leaves = create("leaves", Specs.of("leaves").batchSize(1), leafRows);
		nodes.offer("a", "b");
		nodes.offer("b", "a");
		leaves.offer("b", "leaf");
		nodes.offer("c", Absent.VALUE);
		leaves.offer("d", Absent.VALUE);
		assertThat(nodes.flush(TIMEOUT)).isEqualTo(new FlushReport(3, 0, 0));
		assertThat(leaves.flush(TIMEOUT).remaining()).isZero();
		assertThat(leafRows.calls()).containsExactlyInAnyOrder("flushAll[b]", "deleteAll[d]");
	}

	@Test
	@DisplayName("J5: what a refused row refers to itself is tried again, and the row waits for it")
	void childWaitsForTheRetryOfItsParent() {
		FakeStore tree = store("nodes", 0, Set.of("nodes"));
		WriteBack nodes = create("nodes", Specs.of("nodes").initialInterval(Duration.ofMillis(50)), tree);
		AtomicInteger attempts = new AtomicInteger();
		tree.beforeWrite((keys) -> {
			if (keys.contains("parent") && attempts.incrementAndGet() == 1) {
				nodes.offer("child", "parent");
				nodes.expedite("child");
				throw new DataIntegrityViolationException("once");
			}
			this.journal.addAll(keys);
		});
		nodes.offer("parent", "");
		nodes.expedite("parent");
		await().until(() -> nodes.size() == 0);
		assertThat(this.journal).containsExactly("parent", "child");
		assertThat(nodes.deadLetters()).isEmpty();
	}

	@Test
	@DisplayName("W2: a drain keeps the order, also when the store was away")
	void drainKeepsTheOrder() {
		Map<String, Boolean> away = new ConcurrentHashMap<>(Map.of("away", true));
		for (FakeStore rows : List.of(this.customerRows, this.orderRows, this.itemRows)) {
			rows.beforeWrite((keys) -> {
				if (away.containsKey("away")) {
					throw new DataAccessResourceFailureException("away");
				}
				this.journal.addAll(keys);
			});
		}
		this.items.offer("item", "order");
		this.orders.offer("order", "customer");
		this.customers.offer("customer", "");
		this.customers.offer("gone", Absent.VALUE);
		for (WriteBack writes : List.of(this.items, this.customers, this.orders)) {
			writes.close();
		}
		assertThat(this.items.awaitDrained(Duration.ofMillis(100)).remaining()).isOne();
		away.clear();
		this.items.close();
		for (WriteBack writes : List.of(this.items, this.customers, this.orders)) {
			assertThat(writes.awaitDrained(TIMEOUT).remaining()).isZero();
		}
		assertThat(this.journal).containsSubsequence("customer", "order", "item").contains("gone");
	}

	@Test
	@DisplayName("W6: no error of the relations stops the flush")
	void relationsThatFailWithAnErrorDoNotStopTheFlush() {
		FakeStore broken = new FakeStore();
		broken.relations(new Relations("broken", 0, Set.of()) {

			@Override
			public Collection<RowReference> references(Object value) {
				throw new StackOverflowError();
			}

		});
		WriteBack writes = create("broken", Specs.of("broken"), broken);
		writes.offer("a", "value");
		assertThat(writes.flush(TIMEOUT).written()).isOne();
	}

	@Test
	void relationsThatFailAreReportedAndDoNotStopTheFlush() {
		FakeStore broken = new FakeStore();
		broken.relations(new Relations("broken", 0, Set.of()) {

			@Override
			public Collection<RowReference> references(Object value) {
				throw new IllegalStateException("broken");
			}

		});
		WriteBack writes = create("broken", Specs.of("broken"), broken);
		writes.offer("a", "value");
		assertThat(writes.flush(TIMEOUT).written()).isOne();
	}

	/**
	 * Rows whose values are keys of the rows to which they refer.
	 */
	private static class Relations implements RowRelations {

		private final String rows;

		private final int rank;

		private final Set<String> referred;

		Relations(String rows, int rank, Set<String> referred) {
			this.rows = rows;
			this.rank = rank;
			this.referred = referred;
		}

		@Override
		public Object rows() {
			return this.rows;
		}

		@Override
		public int rank() {
			return this.rank;
		}

		@Override
		public boolean refersTo(RowRelations other) {
			return this.referred.contains(other.rows());
		}

		@Override
		public Collection<RowReference> references(Object value) {
			return this.referred.stream().map((name) -> new RowReference(name, value)).toList();
		}

	}

}
