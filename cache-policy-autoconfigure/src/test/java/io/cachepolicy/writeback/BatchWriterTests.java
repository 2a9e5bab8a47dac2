package io.cachepolicy.writeback;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PartialWriteException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BatchWriter}, batch by batch.
 */
class BatchWriterTests {

	private static final String OVER = " over";

	private final FakeStore store = new FakeStore();

	private final DeadLetters deadLetters = new DeadLetters(10, () -> {
	});

	private final WriteCounters counters = new WriteCounters();

	private final Evidence evidence = new Evidence();

	private final Returned returned = new Returned();

	/**
	 * What readers found when a key was told to be written.
	 */
	private final Map<Object, @Nullable Object> found = new HashMap<>();

	private TestedPending pending = new TestedPending(100, true);

	private Claim claim(Object key, Object... values) {
		for (Object value : values) {
			add(key, value);
		}
		PendingWrite head = Objects.requireNonNull(this.pending.head(key));
		return Objects.requireNonNull(this.pending.claim(head, head.sequence()));
	}

	private void add(Object key, Object value) {
		assertThat(this.pending.tryReserve(1)).isTrue();
		this.pending.add(key, value, null, 0);
	}

	private BatchReport write(Specs specs, Claim... claims) {
		return write(this.store, specs, claims);
	}

	private BatchReport write(FakeStore store, Specs specs, Claim... claims) {
		Settlement settlement = new Settlement("items", this.pending.parts(), new FlushRequests(this.pending.parts()),
				this.deadLetters, new Listener(), (letter) -> false, this.counters, Clock.systemUTC(), PendingLog.NONE);
		return new BatchWriter("items", new StoreCalls(store, WriteContext.NOTHING), settlement, this.evidence,
				this.counters, specs.writeBack())
			.write(new ArrayList<>(List.of(claims)), null, this.returned);
	}

	private void fail(RuntimeException failure) {
		this.store.beforeWrite((keys) -> {
			throw failure;
		});
	}

	/**
	 * Let the store refuse every value but one that is written over another.
	 * @param failure what it throws
	 */
	private void failUnlessOver(RuntimeException failure) {
		this.store.rebase((key, value) -> value + OVER);
		this.store.beforeEntries((entries) -> {
			if (entries.values().stream().noneMatch((value) -> value.toString().endsWith(OVER))) {
				throw failure;
			}
		});
	}

	@Test
	@DisplayName("J5: a batch is stored in the order of its positions")
	void batchIsStoredInTheOrderOfItsPositions() {
		Claim first = claim("first", "value");
		Claim second = claim("second", "value");
		Claim needed = claim("needed", "value");
		needed.position(0);
		write(Specs.of("items"), second, first, needed);
		assertThat(this.store.calls()).containsExactly("flushAll[needed, first, second]");
	}

	@Test
	@DisplayName("trap: nothing is left of a call that wrote all before it failed")
	void partOfACallMayBeAllOfIt() {
		fail(new PartialWriteException(Set.of("a", "b"), new DataIntegrityViolationException("late")));
		write(Specs.of("items"), claim("a", "value"), claim("b", "value"));
		assertThat(this.store.calls()).hasSize(1);
		assertThat(this.found).containsOnlyKeys("a", "b");
		assertThat(this.counters.lastFailure).isNull();
		assertThat(this.pending.size()).isZero();
	}

	@Test
	@DisplayName("trap: what a call did not write is refused for the cause, what it wrote is not")
	void restOfACallIsRefusedForTheCause() {
		DataIntegrityViolationException cause = new DataIntegrityViolationException("rest");
		fail(new PartialWriteException(Set.of("a"), cause));
		write(Specs.of("items").maxAttempts(1), claim("a", "value"), claim("b", "value"));
		assertThat(this.found).containsOnlyKeys("a");
		assertThat(this.deadLetters.list()).singleElement().satisfies((letter) -> {
			assertThat(letter.key()).isEqualTo("b");
			assertThat(letter.reason()).isSameAs(cause);
		});
	}

	@Test
	void restOfACallIsPendingIfTheStoreIsAway() {
		DataAccessResourceFailureException cause = new DataAccessResourceFailureException("away");
		fail(new PartialWriteException(Set.of("a"), cause));
		Claim rest = claim("b", "value");
		BatchReport report = write(Specs.of("items"), claim("a", "value"), rest);
		assertThat(report.verdict()).isEqualTo(Evidence.Verdict.RESOURCE);
		assertThat(report.failure()).isSameAs(cause);
		assertThat(report.written()).isOne();
		assertThat(this.returned.suspected).flatMap(Suspects::writes).containsExactly(rest.write());
		assertThat(rest.write().attempts()).isNull();
	}

	@Test
	@DisplayName("a put over a pending delete is written over the row that was to be deleted")
	void putOverAPendingDeleteIsWrittenOverTheRow() {
		for (RuntimeException failure : List.of(new DataIntegrityViolationException("duplicate"),
				new OptimisticLockingFailureException("changed"))) {
			failUnlessOver(failure);
			write(Specs.of("items"), claim("k", "old", Absent.VALUE, "new", "newest"));
			assertThat(this.store.rows()).containsEntry("k", "newest" + OVER);
			assertThat(this.found).containsEntry("k", "newest" + OVER);
			this.store.rows().clear();
		}
		assertThat(this.deadLetters.list()).isEmpty();
		assertThat(this.returned.waiting).isEmpty();
	}

	@Test
	@DisplayName("a put over a pending delete is written over a row that changed, also after a failure")
	void putOverAPendingDeleteIsWrittenOverARowThatChangesLater() {
		Claim claim = claim("k", Absent.VALUE, "new");
		fail(new CannotAcquireLockException("busy"));
		write(Specs.of("items"), claim);
		assertThat(this.returned.waiting).containsExactly(claim.write());
		this.store.beforeWrite((keys) -> {
		});
		failUnlessOver(new OptimisticLockingFailureException("changed"));
		write(Specs.of("items"), claim("k"));
		assertThat(this.store.rows()).containsEntry("k", "new" + OVER);
	}

	@Test
	@DisplayName("W1: a put over a pending delete may be a duplicate after other failures as well")
	void putOverAPendingDeleteIsADuplicateAfterOtherFailures() {
		Claim claim = claim("k", Absent.VALUE, "new");
		fail(new CannotAcquireLockException("busy"));
		write(Specs.of("items"), claim);
		this.store.beforeWrite((keys) -> {
		});
		failUnlessOver(new DataIntegrityViolationException("duplicate"));
		write(Specs.of("items"), claim("k"));
		assertThat(this.store.rows()).containsEntry("k", "new" + OVER);
		assertThat(this.returned.waiting).containsExactly(claim.write());
	}

	@Test
	void putOverAPendingDeleteIsTriedAgainIfTheStoreIsBusy() {
		failUnlessOver(new CannotAcquireLockException("busy"));
		Claim claim = claim("k", Absent.VALUE, "new");
		write(Specs.of("items"), claim);
		assertThat(this.store.rows()).isEmpty();
		assertThat(this.returned.waiting).containsExactly(claim.write());
	}

	@Test
	void putThatMeetsARowIsRefusedUnlessItsDeleteWasPending() {
		failUnlessOver(new DataIntegrityViolationException("duplicate"));
		write(Specs.of("items").maxAttempts(1), claim("k", "old", "new"));
		assertThat(this.store.rows()).isEmpty();
		assertThat(this.deadLetters.list()).hasSize(1);
	}

	@Test
	@DisplayName("a delete in place of a put over a pending delete is not written over anything")
	void deleteIsNotWrittenOver() {
		failUnlessOver(new OptimisticLockingFailureException("changed"));
		fail(new OptimisticLockingFailureException("changed"));
		Claim claim = claim("k", Absent.VALUE, "new", Absent.VALUE);
		write(Specs.of("items").onConflict(OnConflict.CACHE_WINS), claim);
		assertThat(this.store.calls()).containsExactly("deleteAll[k]");
		assertThat(this.returned.waiting).containsExactly(claim.write());
	}

	@Test
	@DisplayName("a write that failed for good makes room for a newer one of its key")
	void newerWriteTakesThePlaceOfOneThatFailedForGood() {
		Claim claim = claim("k", "refused");
		this.store.beforeWrite((keys) -> {
			add("k", "newer");
			throw new DataIntegrityViolationException("refused");
		});
		write(Specs.of("items").maxAttempts(1), claim);
		assertThat(this.deadLetters.list()).isEmpty();
		assertThat(this.returned.waiting).containsExactly(claim.write());
		assertThat(claim.write().value()).isEqualTo("newer");
		assertThat(claim.write().attempts()).extracting(Attempts::count).isEqualTo(0);
		assertThat(this.pending.size()).isOne();
	}

	@Test
	@DisplayName("W8: the first call that fails ends a batch, whose rest and youngest are taken for untried")
	void callThatFailsEndsTheBatch() {
		fail(new DataIntegrityViolationException("refused"));
		Claim first = claim("a", "value");
		Claim second = claim("b", "value");
		Claim youngest = claim("c", "value");
		Claim removal = claim("d", Absent.VALUE);
		BatchReport report = write(Specs.of("items"), first, second, youngest, removal);
		assertThat(this.store.calls()).containsExactly("flushAll[a, b, c]");
		assertThat(this.returned.suspected).extracting(Suspects::writes)
			.containsExactly(List.of(first.write()), List.of(second.write()));
		assertThat(this.returned.untried).containsExactly(youngest.write(), removal.write());
		assertThat(report.pending()).isEqualTo(4);
		assertThat(report.answered()).isTrue();
	}

	@Test
	@DisplayName("a write that failed for good is a dead letter though there is a newer one, if each counts")
	void writeThatFailedForGoodIsADeadLetterIfWritesDoNotCoalesce() {
		this.pending = new TestedPending(100, false);
		Claim claim = claim("k", "refused");
		this.store.beforeWrite((keys) -> {
			add("k", "newer");
			throw new DataIntegrityViolationException("refused");
		});
		write(Specs.of("items").maxAttempts(1), claim);
		assertThat(this.counters.deadLettered.sum()).isOne();
		assertThat(this.returned.waiting).extracting(PendingWrite::value).containsExactly("newer");
		assertThat(this.deadLetters.list()).extracting(DeadLetter::value).doesNotContain("newer");
	}

	@Test
	@DisplayName("W1: a reader that still finds a write pending sees what the store made of it")
	void readersSeeWhatTheStoreMadeOfAValue() {
		FakeStore versioning = new FakeStore() {

			@Override
			public Map<Object, Object> write(WriteMode mode, Map<Object, Object> entries) {
				super.write(mode, entries);
				return Map.of("a", entries.get("a") + " v2");
			}

		};
		write(versioning, Specs.of("items"), claim("a", "value"), claim("b", "value"));
		assertThat(this.found).isEqualTo(Map.of("a", "value v2", "b", "value"));
	}

	/**
	 * Remembers what waits again.
	 */
	private static final class Returned implements ReturnedWrites {

		private final List<PendingWrite> untried = new ArrayList<>();

		private final List<Suspects> suspected = new ArrayList<>();

		private final List<PendingWrite> waiting = new ArrayList<>();

		@Override
		public void untried(List<PendingWrite> writes) {
			this.untried.addAll(writes);
		}

		@Override
		public void suspected(Suspects group) {
			this.suspected.add(group);
		}

		@Override
		public void failed(PendingWrite write) {
			this.waiting.add(write);
		}

		@Override
		public void next(PendingWrite write) {
			this.waiting.add(write);
		}

	}

	/**
	 * Remembers what is found while a write still counts as pending.
	 */
	private final class Listener implements PendingWrites.Listener {

		@Override
		public void onWritten(Object key, Object value, @Nullable Object stored) {
			BatchWriterTests.this.found.put(key, BatchWriterTests.this.pending.find(key));
		}

		@Override
		public void onGivenUp(Object key) {
		}

		@Override
		public void onStoreChanged(Collection<Object> keys) {
		}

	}

}
