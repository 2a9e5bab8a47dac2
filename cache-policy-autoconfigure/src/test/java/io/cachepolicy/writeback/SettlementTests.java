package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.DrainTimeoutException;
import io.cachepolicy.FlushReport;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteCounts;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanUtils;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Settlement}, {@link BatchWriter} and {@link StoreCalls}: what becomes
 * of writes that the store refuses.
 */
class SettlementTests extends AbstractWriteBackTests {

	private final FakeStore store = new FakeStore();

	private final ThreadLocal<@Nullable String> user = new ThreadLocal<>();

	@Override
	@Nullable WriteContext capture() {
		return (this.user.get() != null) ? new UserContext(this.user, this.user.get()) : null;
	}

	@Test
	@DisplayName("F2: a dead letter is handed to the handler after its entry was forgotten")
	void deadLetterIsHandled() {
		refuseAll();
		WriteBack writes = create(Specs.of("items"), this.store);
		writes.offer("k", "value");
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(0, 1, 0));
		assertThat(this.forgotten).containsExactly("k");
		await().untilAsserted(() -> assertThat(this.handled).isEqualTo(writes.deadLetters()).hasSize(1));
		assertThat(writes.counts()).isEqualTo(new WriteCounts(1, 0, 0, 0, 2, 3, 1, 0));
	}

	@Test
	@DisplayName("F2: a newer write of a key supersedes its dead letter")
	void newerWriteSupersedes() {
		refuseAll();
		WriteBack writes = create(Specs.of("items"), this.store);
		for (String key : List.of("put", "delete", "held", "other")) {
			writes.offer(key, "refused");
		}
		writes.flush(TIMEOUT);
		assertThat(writes.deadLetters()).hasSize(4);
		writes.offer("put", "newer");
		writes.offer("delete", Absent.VALUE);
		writes.hold(List.of("held"), true).supersede((key) -> "stored at once");
		assertThat(writes.deadLetters()).extracting(DeadLetter::key).containsExactly("other");
		writes.hold(List.of("other"), true).release();
		assertThat(writes.deadLetters()).hasSize(1);
	}

	@Test
	@DisplayName("F2: there is one dead letter per key, the last one")
	void lastDeadLetterOfAKeyIsKept() {
		refuseAll();
		WriteBack writes = create(Specs.of("items"), this.store);
		for (String value : List.of("one", "two")) {
			writes.offer("k", value);
			writes.flush(TIMEOUT);
		}
		assertThat(writes.deadLetters()).singleElement().extracting(DeadLetter::value).isEqualTo("two");
		assertThat(writes.discard(this.handled.get(0))).isFalse();
		assertThat(writes.discard(this.handled.get(1))).isTrue();
	}

	@Test
	@DisplayName("F2, trap: a write that comes while its predecessor becomes a dead letter supersedes it")
	void writeThatWaitsBehindADeadLetterSupersedesIt() {
		AtomicInteger calls = new AtomicInteger();
		WriteBack writes = create(Specs.of("items").coalesce(false).maxAttempts(1), this.store);
		this.store.beforeWrite((keys) -> {
			if (calls.incrementAndGet() == 1) {
				writes.offer("k", "newer");
				throw new DataIntegrityViolationException("refused");
			}
		});
		writes.offer("k", "refused");
		writes.flush(TIMEOUT);
		writes.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry("k", "newer");
		assertThat(this.handled).hasSize(1);
		assertThat(writes.deadLetters()).isEmpty();
	}

	@Test
	void handlerThatFailsStopsNothing() {
		WriteBackFactory factory = new WriteBackFactory(Clock.systemUTC(), (letter) -> {
			throw new IllegalStateException("handler");
		}, WriteContextCapture.NONE);
		refuseAll();
		PendingWrites writes = factory.create("items", Specs.of("items").writeBack(), this.store, quiet());
		writes.offer("a", "value");
		writes.offer("b", "value");
		assertThat(writes.flush(TIMEOUT).failed()).isEqualTo(2);
		writes.close();
		assertThat(writes.awaitDrained(TIMEOUT).remaining()).isZero();
	}

	@Test
	@DisplayName("W2: what could not be drained is given to the handler")
	void abandonedWritesAreHandled() {
		this.store.beforeWrite((keys) -> {
			throw new DataAccessResourceFailureException("away");
		});
		WriteBack writes = create(Specs.of("items"), this.store);
		writes.offer("put", "value");
		writes.offer("delete", Absent.VALUE);
		writes.close();
		assertThat(writes.awaitDrained(Duration.ofMillis(50)).remaining()).isEqualTo(2);
		assertThat(this.handled).hasSize(2)
			.allSatisfy((letter) -> assertThat(letter.reason()).isInstanceOf(DrainTimeoutException.class))
			.allSatisfy((letter) -> assertThat(letter.kind()).isEqualTo(DeadLetter.Kind.NOT_STORED));
		assertThat(this.handled).filteredOn((letter) -> letter.key().equals("put"))
			.extracting(DeadLetter::value)
			.containsExactly("value");
		assertThat(this.handled).filteredOn((letter) -> letter.key().equals("delete"))
			.extracting(DeadLetter::value)
			.containsExactly((Object) null);
		this.store.beforeWrite((keys) -> {
		});
	}

	@Test
	@DisplayName("J3: on-conflict=store-wins drops the write, and readers see the store")
	void storeWins() {
		conflictUntilRebased();
		WriteBack writes = create(Specs.of("items").onConflict(OnConflict.STORE_WINS), this.store);
		writes.offer("k", "mine");
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(0, 0, 0));
		assertThat(writes.find("k")).isNull();
		assertThat(this.forgotten).containsExactly("k");
		assertThat(writes.deadLetters()).isEmpty();
		assertThat(this.store.rows()).containsEntry("k", "theirs");
		assertThat(writes.counts().cancelled()).isOne();
	}

	@Test
	@DisplayName("J3: on-conflict=cache-wins writes over what the other one left")
	void cacheWins() {
		conflictUntilRebased();
		WriteBack writes = create(Specs.of("items").onConflict(OnConflict.CACHE_WINS), this.store);
		writes.offer("k", "mine");
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.store.rows()).containsEntry("k", "mine rebased");
		assertThat(this.forgotten).isEmpty();
	}

	@Test
	@DisplayName("J3: on-conflict=cache-wins gives up when the other writer always is faster")
	void cacheWinsGivesUp() {
		this.store.beforeWrite((keys) -> {
			throw new OptimisticLockingFailureException("changed");
		});
		WriteBack writes = create(Specs.of("items").onConflict(OnConflict.CACHE_WINS), this.store);
		writes.offer("k", "mine");
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(0, 1, 0));
		assertThat(writes.deadLetters()).singleElement().extracting(DeadLetter::attempts).isEqualTo(3);
	}

	@Test
	void cacheWinsWaitsForAStoreThatGoesAway() {
		AtomicBoolean away = new AtomicBoolean(true);
		this.store.rebase((key, value) -> {
			if (away.getAndSet(false)) {
				throw new DataAccessResourceFailureException("away");
			}
			return value + " rebased";
		});
		conflictUnless(" rebased");
		WriteBack writes = create(Specs.of("items").onConflict(OnConflict.CACHE_WINS), this.store);
		writes.offer("k", "mine");
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	@DisplayName("W4: a delete that always is in conflict does not keep a flush from ending")
	void deleteInConflictBecomesADeadLetter() {
		this.store.beforeWrite((keys) -> {
			throw new OptimisticLockingFailureException("changed");
		});
		WriteBack writes = create(Specs.of("items"), this.store);
		writes.offer("k", Absent.VALUE);
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(0, 1, 0));
		assertThat(writes.deadLetters()).singleElement().extracting(DeadLetter::attempts).isEqualTo(3);
	}

	@Test
	@DisplayName("F2: a flush that finds nothing pending does not end before readers see the store")
	void flushWaitsUntilARefusedValueIsForgotten() {
		CountDownLatch forgetting = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.beforeForget = () -> {
			forgetting.countDown();
			awaitLatch(release);
		};
		this.store.beforeWrite((keys) -> {
			throw new OptimisticLockingFailureException("changed");
		});
		WriteBack writes = create(Specs.of("items"), this.store);
		writes.offer("k", "value");
		writes.expedite("k");
		awaitLatch(forgetting);
		CompletableFuture<FlushReport> flush = CompletableFuture.supplyAsync(() -> writes.flush(TIMEOUT));
		assertThat(flush).failsWithin(Duration.ofMillis(100));
		release.countDown();
		assertThat(flush).succeedsWithin(TIMEOUT).isEqualTo(FlushReport.EMPTY);
	}

	@Test
	@DisplayName("F2, trap: a write that failed at once does not supersede its own dead letter")
	void deadLetterOfTheSameWriteIsNotSuperseded() {
		DeadLetters letters = new DeadLetters(10, () -> {
		});
		DeadLetter letter = new DeadLetter(letters.nextId(), "items", "k", "value", new IllegalStateException("no"), 1,
				Instant.EPOCH, Instant.EPOCH);
		letters.add(letter, 7);
		letters.supersede("k", 7);
		assertThat(letters.list()).containsExactly(letter);
		letters.supersede("k", 8);
		assertThat(letters.list()).isEmpty();
	}

	@Test
	@DisplayName("F1: a call that lost a deadlock is tried again, however often")
	void busyStoreIsTriedAgain() {
		AtomicInteger calls = new AtomicInteger();
		this.store.beforeWrite((keys) -> {
			if (calls.incrementAndGet() <= 5) {
				throw new CannotAcquireLockException("deadlock");
			}
		});
		WriteBack writes = create(Specs.of("items").maxAttempts(2), this.store);
		writes.offer("k", "value");
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(calls).hasValue(6);
	}

	@Test
	@DisplayName("F1: lost deadlocks don't count against a row that is refused later")
	void busyStoreCountsAgainstNoWrite() {
		AtomicInteger calls = new AtomicInteger();
		this.store.beforeWrite((keys) -> {
			if (calls.incrementAndGet() <= 5) {
				throw new CannotAcquireLockException("deadlock");
			}
			if (calls.get() == 6) {
				throw new DataIntegrityViolationException("once");
			}
		});
		WriteBack writes = create(Specs.of("items").maxAttempts(2), this.store);
		writes.offer("k", "value");
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	@DisplayName("J6: rows of different writers don't share a call if the store needs their context")
	void contextualStoreIsCalledOncePerContext() {
		List<String> calls = new CopyOnWriteArrayList<>();
		this.store.contextual(true);
		WriteBack writes = offerAsTwoUsers(calls);
		assertThat(writes.flush(TIMEOUT).written()).isEqualTo(5);
		assertThat(calls).containsExactly("alice[1, 3]", "bob[2, 4]", "null[5]");
	}

	@Test
	@DisplayName("J5: rows that refer to each other are stored in their order, whoever wrote them")
	void writesOfDifferentContextsKeepTheirOrderIfRowsReferToEachOther() {
		List<String> calls = new CopyOnWriteArrayList<>();
		this.store.contextual(true);
		this.store.relations(new SelfReferring());
		WriteBack writes = offerAsTwoUsers(calls);
		assertThat(writes.flush(TIMEOUT).written()).isEqualTo(5);
		assertThat(calls).containsExactly("alice[1]", "bob[2]", "alice[3]", "bob[4]", "null[5]");
	}

	@Test
	@DisplayName("W6: a context that can't be compared is restored for its write alone")
	void contextThatCannotBeComparedSharesNoCall() {
		this.store.contextual(true);
		WriteBack writes = create(Specs.of("items"), this.store);
		this.user.set("incomparable");
		writes.offer(1, "value");
		this.user.set("alice");
		writes.offer(2, "value");
		this.user.remove();
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(2, 0, 0));
	}

	@Test
	void storeThatNeedsNoContextIsCalledInThatOfTheFirstWriter() {
		List<String> calls = new CopyOnWriteArrayList<>();
		WriteBack writes = offerAsTwoUsers(calls);
		assertThat(writes.flush(TIMEOUT).written()).isEqualTo(5);
		assertThat(calls).containsExactly("alice[1, 2, 3, 4, 5]");
	}

	@Test
	@DisplayName("the context is that of the last writer of a key")
	void coalescedWriteHasTheContextOfTheLastWriter() {
		List<String> calls = new CopyOnWriteArrayList<>();
		this.store.contextual(true);
		this.store.beforeWrite((keys) -> calls.add(this.user.get() + keys));
		WriteBack writes = create(Specs.of("items"), this.store);
		this.user.set("alice");
		writes.offer(1, "value");
		this.user.set("bob");
		writes.offer(1, "value");
		this.user.remove();
		writes.flush(TIMEOUT);
		assertThat(calls).containsExactly("bob[1]");
	}

	@Test
	@DisplayName("F1: a context that can't be restored refuses its write, and not others")
	void contextThatFailsRefusesTheWrite() {
		this.store.contextual(true);
		WriteBack writes = create(Specs.of("items").maxAttempts(1), this.store);
		this.user.set("fail");
		writes.offer(1, "value");
		this.user.set("skip");
		writes.offer(2, "value");
		this.user.set("alice");
		writes.offer(3, "value");
		this.user.remove();
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 2, 0));
		assertThat(this.store.rows()).isEqualTo(Map.of(3, "value"));
	}

	@Test
	void countsWhatBecomesOfWrites() {
		Semaphore calls = new Semaphore(0);
		WriteBack writes = create(Specs.of("items").maxPending(2).overflow(Overflow.REJECT, TIMEOUT), this.store);
		this.store.beforeWrite((keys) -> calls.acquireUninterruptibly());
		writes.offer("a", 1);
		writes.offer("b", 1);
		await().until(() -> !this.store.calls().isEmpty());
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> writes.offer("c", 1));
		calls.release(2);
		writes.flush(TIMEOUT);
		calls.drainPermits();
		int called = this.store.calls().size();
		writes.offer("z", 1);
		writes.expedite("z");
		await().until(() -> this.store.calls().size() > called);
		// The flusher is busy until these are cancelled
		writes.offer("a", 2);
		writes.offer("a", 3);
		writes.hold(List.of("a"), true).supersede((key) -> "stored at once");
		calls.release(2);
		writes.flush(TIMEOUT);
		assertThat(writes.counts()).isEqualTo(new WriteCounts(5, 1, 1, 3, 0, 0, 0, 1));
	}

	@Test
	void countsAWriteThatTookThePlaceOfARefusedOneAsCoalesced() {
		WriteBack writes = create(Specs.of("items").initialInterval(Duration.ofMillis(1)), this.store);
		AtomicBoolean first = new AtomicBoolean(true);
		this.store.beforeWrite((keys) -> {
			if (first.getAndSet(false)) {
				writes.offer("k", 2);
				throw new DataIntegrityViolationException("once");
			}
		});
		writes.offer("k", 1);
		writes.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry("k", 2);
		assertThat(writes.counts()).isEqualTo(new WriteCounts(2, 1, 0, 1, 1, 1, 0, 0));
	}

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, AssertionError.class })
	@DisplayName("W6: a write whose entry can't be updated is stored once, and its entry is dropped")
	void storedWriteWhoseEntryFailsIsNotStoredAgain(Class<? extends Throwable> failure) {
		List<Object> dropped = new CopyOnWriteArrayList<>();
		PendingWrites.Listener failing = listener((key) -> {
			if (key.equals(2)) {
				ReflectionUtils.rethrowRuntimeException(BeanUtils.instantiateClass(failure));
			}
		}, dropped::add);
		PendingWrites writes = new WriteBackFactory(Clock.systemUTC()).create("items", Specs.of("items").writeBack(),
				this.store, failing);
		for (int i = 1; i <= 3; i++) {
			writes.offer(i, "value");
		}
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(3, 0, 0));
		assertThat(this.store.rows()).containsOnlyKeys(1, 2, 3);
		assertThat(dropped).containsExactly(2);
		assertThat(this.store.calls()).filteredOn((call) -> call.contains("2")).hasSize(1);
		assertThat(writes.counts()).isEqualTo(new WriteCounts(3, 0, 0, 3, 0, 0, 0, 0));
		writes.close();
		writes.awaitDrained(TIMEOUT);
	}

	@Test
	@DisplayName("R3: a change of the store is told once per call, before its writes leave")
	void changeOfTheStoreIsToldOncePerCall() {
		List<String> told = new CopyOnWriteArrayList<>();
		PendingWrites[] writes = new PendingWrites[1];
		PendingWrites.Listener listener = new PendingWrites.Listener() {

			@Override
			public void onWritten(Object key, Object value, @Nullable Object stored) {
				told.add("written " + key);
			}

			@Override
			public void onGivenUp(Object key) {
			}

			@Override
			public void onStoreChanged(Collection<Object> keys) {
				told.add("changed " + keys + " of " + writes[0].size());
			}

		};
		writes[0] = new WriteBackFactory(Clock.systemUTC()).create("items", Specs.of("items").writeBack(), this.store,
				listener);
		writes[0].offer(1, "value");
		writes[0].offer(2, "value");
		writes[0].offer(3, Absent.VALUE);
		writes[0].flush(TIMEOUT);
		assertThat(told).containsExactly("changed [1, 2] of 3", "written 1", "written 2", "changed [3] of 1",
				"written 3");
		writes[0].close();
		writes[0].awaitDrained(TIMEOUT);
	}

	private WriteBack offerAsTwoUsers(List<String> calls) {
		this.store.beforeWrite((keys) -> calls.add(this.user.get() + keys));
		WriteBack writes = create(Specs.of("items"), this.store);
		for (int i = 1; i <= 4; i++) {
			this.user.set((i % 2 == 1) ? "alice" : "bob");
			writes.offer(i, "value");
		}
		this.user.remove();
		writes.offer(5, "value");
		return writes;
	}

	private void refuseAll() {
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("refused");
		});
	}

	private void conflictUntilRebased() {
		this.store.rebase((key, value) -> value + " rebased");
		this.store.rows().put("k", "theirs");
		conflictUnless(" rebased");
	}

	private void conflictUnless(String suffix) {
		this.store.beforeEntries((entries) -> {
			if (!String.valueOf(entries.get("k")).endsWith(suffix)) {
				throw new OptimisticLockingFailureException("changed");
			}
		});
	}

	private static PendingWrites.Listener quiet() {
		return listener((key) -> {
		}, (key) -> {
		});
	}

	private static PendingWrites.Listener listener(Consumer<Object> onWritten, Consumer<Object> onDeadLetter) {
		return new PendingWrites.Listener() {

			@Override
			public void onWritten(Object key, Object value, @Nullable Object stored) {
				onWritten.accept(key);
			}

			@Override
			public void onGivenUp(Object key) {
				onDeadLetter.accept(key);
			}

			@Override
			public void onStoreChanged(Collection<Object> keys) {
			}

		};
	}

	/**
	 * Who writes.
	 */
	private record UserContext(ThreadLocal<@Nullable String> user, @Nullable String name) implements WriteContext {

		@Override
		public void run(Runnable action) {
			if ("fail".equals(this.name)) {
				throw new IllegalStateException("no such user");
			}
			if ("skip".equals(this.name)) {
				return;
			}
			this.user.set(this.name);
			try {
				action.run();
			}
			finally {
				this.user.remove();
			}
		}

		@Override
		public int hashCode() {
			if ("incomparable".equals(this.name)) {
				throw new IllegalStateException("no hash");
			}
			return Objects.hashCode(this.name);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof UserContext context && Objects.equals(this.name, context.name);
		}

	}

	/**
	 * Rows that refer to each other, in a way that is not known.
	 */
	private static final class SelfReferring implements RowRelations {

		@Override
		public Object rows() {
			return this;
		}

		@Override
		public int rank() {
			return 0;
		}

		@Override
		public boolean refersTo(RowRelations other) {
			return other == this;
		}

		@Override
		public Collection<RowReference> references(Object value) {
			return List.of();
		}

	}

}
