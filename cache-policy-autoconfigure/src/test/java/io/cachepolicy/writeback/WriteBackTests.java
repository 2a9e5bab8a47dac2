package io.cachepolicy.writeback;

import java.net.ConnectException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PartialWriteException;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Reservations;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link WriteBack}, {@link WriteChains} and {@link Flusher} together.
 */
class WriteBackTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Duration SHORT = Duration.ofMillis(200);

	private final FakeStore store = new FakeStore();

	private final List<Object> deadLettered = new ArrayList<>();

	private PendingWrites writes = create(Specs.of("items"));

	private PendingWrites create(Specs specs) {
		PendingWrites.Listener listener = new PendingWrites.Listener() {

			@Override
			public void onWritten(Object key, Object value, Object stored) {
			}

			@Override
			public void onGivenUp(Object key) {
				WriteBackTests.this.deadLettered.add(key);
			}

			@Override
			public void onStoreChanged(Collection<Object> keys) {
			}

		};
		this.writes = new WriteBack("items", specs.writeBack(), this.store, listener,
				new WriteBackFactory(Clock.systemUTC()).environment());
		return this.writes;
	}

	@AfterEach
	void noCallsOfOneKeyOverlap() {
		assertThat(this.store.overlaps()).isZero();
		this.store.beforeWrite((keys) -> {
		});
		this.writes.close();
		this.writes.awaitDrained(TIMEOUT);
		assertThat(this.writes.size()).isZero();
	}

	private void put(Object key, Object value) {
		assertThat(this.writes.offer(key, value)).isTrue();
	}

	private void delete(Object key) {
		put(key, Absent.VALUE);
	}

	@Test
	@DisplayName("F1: a batch that is too much for the time limit of the store is stored in parts")
	void batchThatTakesTooLongIsStoredInParts() {
		this.store.beforeWrite((keys) -> {
			if (keys.size() > 10) {
				throw new QueryTimeoutException("too much");
			}
		});
		PendingWrites writes = create(Specs.of("items").batchSize(100));
		for (int i = 0; i < 250; i++) {
			writes.offer(i, "value");
		}
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(250, 0, 0));
		assertThat(this.store.rows()).hasSize(250);
	}

	@Test
	@DisplayName("W5: a row that always takes too long keeps no other one from being stored")
	void rowThatAlwaysTakesTooLongKeepsNoOtherOne() {
		AtomicBoolean slow = new AtomicBoolean(true);
		this.store.beforeWrite((keys) -> {
			if (slow.get() && keys.contains(3)) {
				throw new QueryTimeoutException("locked");
			}
		});
		PendingWrites writes = create(Specs.of("items").batchSize(8));
		for (int i = 0; i < 20; i++) {
			writes.offer(i, "value");
		}
		writes.flush(SHORT);
		await().untilAsserted(() -> assertThat(this.store.rows()).hasSize(19));
		assertThat(writes.size()).isOne();
		assertThat(writes.deadLetters()).isEmpty();
		slow.set(false);
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).hasSize(20);
	}

	@Test
	@DisplayName("W1: ten writes of a key in one window are one row")
	void coalescesWritesOfOneKey() {
		for (int i = 1; i <= 10; i++) {
			put("k", i);
		}
		assertThat(this.writes.size()).isOne();
		assertThat(this.writes.find("k")).isEqualTo(10);
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.store.calls()).containsExactly("flushAll[k]");
		assertThat(this.store.rows()).containsEntry("k", 10);
	}

	@Test
	@DisplayName("W1: without coalescing every write is stored, in order")
	void storesEveryWriteWhenNotCoalescing() {
		create(Specs.of("items").coalesce(false));
		List<Object> stored = new ArrayList<>();
		this.store.beforeWrite((keys) -> stored.add(this.writes.size()));
		for (int i = 1; i <= 10; i++) {
			put("k", i);
		}
		assertThat(this.writes.size()).isEqualTo(10);
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(10, 0, 0));
		assertThat(stored).hasSize(10);
		assertThat(this.store.rows()).containsEntry("k", 10);
	}

	@Test
	@DisplayName("W1, trap: put, remove, put in one window end as the last of them")
	void putAndDeleteInOneWindowKeepTheirOrder() {
		for (boolean coalesce : new boolean[] { true, false }) {
			create(Specs.of("items").coalesce(coalesce));
			this.store.rows().put("gone", "row");
			put("again", 1);
			delete("again");
			put("again", 2);
			put("gone", 1);
			delete("gone");
			delete("back");
			put("back", 3);
			assertThat(this.writes.find("gone")).isSameAs(Absent.VALUE);
			assertThat(this.writes.find("back")).isEqualTo(3);
			this.writes.flush(TIMEOUT);
			assertThat(this.store.rows()).containsEntry("again", 2).containsEntry("back", 3).doesNotContainKey("gone");
		}
	}

	@Test
	@DisplayName("W1: puts and deletes of different keys reach the store in the order of acceptance")
	void batchKeepsTheOrderOfPutsAndDeletes() {
		delete("a");
		put("b", 1);
		put("c", 1);
		delete("d");
		this.writes.flush(TIMEOUT);
		assertThat(this.store.calls()).containsExactly("deleteAll[a]", "flushAll[b, c]", "deleteAll[d]");
	}

	@Test
	@DisplayName("W1, trap: a newer write while its key is in flight is kept, readable and stored")
	void newerWriteWhileInFlightIsKept() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		AtomicBoolean first = new AtomicBoolean(true);
		this.store.beforeWrite((keys) -> {
			if (first.getAndSet(false)) {
				entered.countDown();
				awaitLatch(go);
			}
		});
		put("k", AlwaysEqual.of("old"));
		CompletableFuture<FlushReport> flush = CompletableFuture.supplyAsync(() -> this.writes.flush(TIMEOUT));
		awaitLatch(entered);
		put("k", AlwaysEqual.of("new"));
		this.writes.expedite("k");
		assertThat(this.writes.find("k")).hasToString("new");
		assertThat(this.writes.size()).isEqualTo(2);
		go.countDown();
		assertThat(flush).succeedsWithin(TIMEOUT).isEqualTo(new FlushReport(1, 0, 0));
		this.writes.flush(TIMEOUT);
		assertThat(this.store.rows().get("k")).hasToString("new");
		assertThat(this.writes.size()).isZero();
	}

	@Test
	@DisplayName("W4: flush() does not wait for later writes")
	void flushDoesNotWaitForLaterWrites() {
		put("k", 0);
		AtomicInteger next = new AtomicInteger();
		this.store.beforeWrite((keys) -> put("later" + next.incrementAndGet(), 1));
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.writes.size()).isPositive();
	}

	@Test
	@DisplayName("W4: flush() covers a newer write that was accepted while its key was in flight")
	void flushCoversWritesBehindOneInFlight() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			entered.countDown();
			awaitLatch(go);
		});
		put("k", 1);
		CompletableFuture<FlushReport> first = CompletableFuture.supplyAsync(() -> this.writes.flush(TIMEOUT));
		awaitLatch(entered);
		put("k", 2);
		CompletableFuture<FlushReport> second = CompletableFuture.supplyAsync(() -> this.writes.flush(TIMEOUT));
		go.countDown();
		assertThat(first).succeedsWithin(TIMEOUT);
		assertThat(second).succeedsWithin(TIMEOUT).extracting(FlushReport::remaining).isEqualTo(0L);
		assertThat(this.store.rows()).containsEntry("k", 2);
	}

	@Test
	@DisplayName("W4: flush() with a bad entry ends, and tells of it")
	void flushWithARefusedRowEnds() {
		put("bad", 1);
		put("good", 1);
		refuse("bad", new DataIntegrityViolationException("no"));
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 1, 0));
		assertThat(this.store.rows()).containsOnlyKeys("good");
	}

	@Test
	@DisplayName("W4: flush() ends at its timeout while the store is away, and nothing is lost")
	void flushWhenTheStoreIsAwayEndsAtTheTimeout() {
		put("k", 1);
		refuse("k", new DataAccessResourceFailureException("away", new ConnectException("refused")));
		assertThat(this.writes.flush(SHORT)).isEqualTo(new FlushReport(0, 0, 1));
		assertThat(this.writes.find("k")).isEqualTo(1);
		this.store.beforeWrite((keys) -> {
		});
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	@DisplayName("F1: an outage counts against no entry")
	void outageMakesNoDeadLetters() {
		create(Specs.of("items").maxAttempts(2).flushInterval(Duration.ofMillis(1)));
		AtomicInteger calls = new AtomicInteger();
		this.store.beforeWrite((keys) -> {
			if (calls.incrementAndGet() <= 6) {
				throw new DataAccessResourceFailureException("away");
			}
		});
		put("k", 1);
		await().untilAsserted(() -> assertThat(this.store.rows()).containsEntry("k", 1));
		assertThat(this.writes.deadLetters()).isEmpty();
	}

	@Test
	@DisplayName("F1: the neighbours of a refused row are stored in the same flush")
	void refusedRowIsIsolatedByBisection() {
		for (int i = 0; i < 50; i++) {
			put(i, "v");
		}
		refuse(37, new DataIntegrityViolationException("no"));
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(49, 1, 0));
		assertThat(this.store.rows()).hasSize(49);
		assertThat(this.store.calls().size()).as("bisected, not one by one").isLessThan(25);
	}

	@Test
	@DisplayName("F2: a dead letter is kept for inspection, replay and discard, and evicts its entry")
	void refusedRowBecomesADeadLetter() {
		put("k", "value");
		refuse("k", new DataIntegrityViolationException("no"));
		this.writes.flush(TIMEOUT);
		assertThat(this.writes.deadLetters()).singleElement().satisfies((letter) -> {
			assertThat(letter.key()).isEqualTo("k");
			assertThat(letter.cache()).isEqualTo("items");
			assertThat(letter.attempts()).isEqualTo(3);
			assertThat(letter.reason()).hasMessage("no");
			assertThat(letter.value()).isEqualTo("value");
			assertThat(letter.toString()).doesNotContain("value");
			assertThat(letter.firstFailure()).isBeforeOrEqualTo(letter.lastFailure());
		});
		assertThat(this.deadLettered).containsExactly("k");
		assertThat(this.writes.find("k")).isNull();
		DeadLetter letter = this.writes.deadLetters().get(0);
		assertThat(this.writes.discard(letter)).isTrue();
		assertThat(this.writes.discard(letter)).isFalse();
		assertThat(this.writes.deadLetters()).isEmpty();
	}

	@Test
	@DisplayName("J3: a conflict is not tried again")
	void conflictBecomesADeadLetterAtOnce() {
		AtomicInteger calls = new AtomicInteger();
		this.store.beforeWrite((keys) -> {
			calls.incrementAndGet();
			throw new OptimisticLockingFailureException("changed");
		});
		put("k", 1);
		assertThat(this.writes.flush(TIMEOUT).failed()).isOne();
		assertThat(calls).hasValue(1);
		assertThat(this.writes.deadLetters()).singleElement().extracting(DeadLetter::attempts).isEqualTo(1);
	}

	@Test
	void newerWriteTakesThePlaceOfOneThatFails() {
		refuse("k", new DataIntegrityViolationException("no"));
		create(Specs.of("items").maxAttempts(100).flushInterval(Duration.ofMillis(1)));
		put("k", "bad");
		await().until(() -> !this.store.calls().isEmpty());
		this.store.beforeWrite((keys) -> {
			if ("bad".equals(this.writes.find("k"))) {
				throw new DataIntegrityViolationException("no");
			}
		});
		put("k", "good");
		await().untilAsserted(() -> assertThat(this.store.rows()).containsEntry("k", "good"));
		assertThat(this.writes.deadLetters()).isEmpty();
	}

	@Test
	void writesBehindADeadLetterAreStoredWhenNotCoalescing() {
		create(Specs.of("items").coalesce(false));
		AtomicInteger calls = new AtomicInteger();
		this.store.beforeWrite((keys) -> {
			if (calls.incrementAndGet() <= 3) {
				throw new DataIntegrityViolationException("no");
			}
		});
		put("k", "bad");
		put("k", "good");
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 1, 0));
		assertThat(this.store.rows()).containsEntry("k", "good");
	}

	@Test
	@DisplayName("trap: what a store reports as written is not written again")
	void partialSuccessIsNotWrittenAgain() {
		for (int i = 0; i < 4; i++) {
			put(i, "v");
		}
		AtomicBoolean first = new AtomicBoolean(true);
		this.store.beforeWrite((keys) -> {
			if (first.getAndSet(false)) {
				throw new PartialWriteException(List.of(0, 1), new DataIntegrityViolationException("no"));
			}
		});
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(4, 0, 0));
		assertThat(this.store.rows()).containsOnlyKeys(2, 3);
	}

	@ParameterizedTest
	@ValueSource(classes = { StackOverflowError.class, NoClassDefFoundError.class, IllegalStateException.class })
	@DisplayName("W6: the flusher survives any Throwable")
	void flusherSurvivesAnyThrowable(Class<? extends Throwable> type) throws Exception {
		Throwable failure = type.getConstructor().newInstance();
		AtomicBoolean first = new AtomicBoolean(true);
		this.store.beforeWrite((keys) -> {
			if (first.getAndSet(false)) {
				WriteBackTests.<RuntimeException>sneaky(failure);
			}
		});
		put("k", 1);
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		put("k", 2);
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	@DisplayName("W6: a store that interrupts the flusher does not make it spin or die")
	void flusherSurvivesInterruption() {
		this.store.beforeWrite((keys) -> Thread.currentThread().interrupt());
		put("k", 1);
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		put("k", 2);
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	void flushesByAge() {
		create(Specs.of("items").flushInterval(Duration.ofMillis(20)));
		put("k", 1);
		await().untilAsserted(() -> assertThat(this.store.rows()).containsEntry("k", 1));
		put("k", 2);
		await().untilAsserted(() -> assertThat(this.store.rows()).containsEntry("k", 2));
	}

	@Test
	@DisplayName("W5: a key that is written all the time is not postponed")
	void hotKeyIsNotPostponed() {
		create(Specs.of("items").flushInterval(Duration.ofMillis(100)));
		AtomicInteger value = new AtomicInteger();
		await().pollInterval(Duration.ofMillis(1)).until(() -> {
			put("hot", value.incrementAndGet());
			return this.store.writes() >= 3;
		});
		assertThat(this.store.writes()).isLessThan(value.get());
	}

	@Test
	void flushesByNumber() {
		create(Specs.of("items").flushThreshold(10));
		for (int i = 0; i < 9; i++) {
			put(i, "v");
		}
		assertThat(this.store.rows()).isEmpty();
		put(9, "v");
		await().untilAsserted(() -> assertThat(this.store.rows()).hasSize(10));
	}

	@Test
	void flushesAnExpeditedKeyOnly() {
		put("a", 1);
		put("b", 1);
		this.writes.expedite("b");
		this.writes.expedite("unknown");
		await().untilAsserted(() -> assertThat(this.store.rows()).containsOnlyKeys("b"));
		assertThat(this.writes.size()).isOne();
	}

	@Test
	void flushesInBatches() {
		create(Specs.of("items").batchSize(3));
		for (int i = 0; i < 7; i++) {
			put(i, "v");
		}
		this.writes.flush(TIMEOUT);
		assertThat(this.store.calls()).containsExactly("flushAll[0, 1, 2]", "flushAll[3, 4, 5]", "flushAll[6]");
	}

	@Test
	@DisplayName("W3: a writer that finds no room is refused at once")
	void rejectsWhenFull() {
		create(Specs.of("items").maxPending(3).overflow(Overflow.REJECT, TIMEOUT));
		CountDownLatch release = keepFlusherBusy();
		put("a", 1);
		put("b", 1);
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> this.writes.offer("c", 1))
			.withMessageContaining("items")
			.withMessageContaining("max-pending is 3");
		put("a", 2);
		assertThat(this.writes.find("a")).isEqualTo(2);
		assertThat(this.writes.find("c")).isNull();
		assertThat(this.writes.size()).isEqualTo(3);
		release.countDown();
		await().untilAsserted(() -> assertThat(this.store.rows()).containsEntry("a", 2).containsEntry("b", 1));
	}

	/**
	 * Let a store call begin that does not end, so that what is written from now on stays
	 * pending.
	 * @return lets it end
	 */
	private CountDownLatch keepFlusherBusy() {
		CountDownLatch began = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			began.countDown();
			awaitLatch(release);
		});
		put("busy", 1);
		this.writes.expedite("busy");
		awaitLatch(began);
		return release;
	}

	@Test
	@DisplayName("W3: a writer that finds no room is told to write through")
	void leavesToWriteThroughWhenFull() {
		create(Specs.of("items").maxPending(1).overflow(Overflow.WRITE_THROUGH, TIMEOUT));
		CountDownLatch release = keepFlusherBusy();
		assertThat(this.writes.offer("b", 1)).isFalse();
		assertThat(this.writes.size()).isOne();
		release.countDown();
	}

	@Test
	@DisplayName("W3: a writer that finds no room makes the flusher go, and waits")
	void blocksUntilThereIsRoom() {
		create(Specs.of("items").maxPending(1));
		put("a", 1);
		put("b", 1);
		put("c", 1);
		assertThat(this.writes.size()).isLessThanOrEqualTo(1);
		this.writes.flush(TIMEOUT);
		assertThat(this.store.rows()).containsOnlyKeys("a", "b", "c");
	}

	@Test
	@DisplayName("W3, trap: a full buffer, a failing store and writers on one key do not deadlock")
	void fullBufferWithFailingStoreAndWritersOnOneKeyRecovers() {
		create(Specs.of("items").maxPending(1).overflow(Overflow.BLOCK, SHORT).coalesce(false));
		this.store.beforeWrite((keys) -> {
			throw new DataAccessResourceFailureException("away");
		});
		put("k", 0);
		List<CompletableFuture<Boolean>> writers = new ArrayList<>();
		for (int i = 1; i <= 4; i++) {
			int value = i;
			writers.add(CompletableFuture.supplyAsync(() -> this.writes.offer("k", value)));
		}
		for (CompletableFuture<Boolean> writer : writers) {
			assertThat(writer).failsWithin(TIMEOUT)
				.withThrowableThat()
				.withCauseInstanceOf(WriteRefusedException.class);
		}
		assertThat(this.writes.size()).isOne();
		this.store.beforeWrite((keys) -> {
		});
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.store.rows()).containsEntry("k", 0);
		put("k", 5);
	}

	@Test
	@DisplayName("W3: more writes in one transaction than max-pending are refused at once")
	void reservationThatCanNeverSucceedIsRefusedAtOnce() {
		create(Specs.of("items").maxPending(2).overflow(Overflow.BLOCK, Duration.ofHours(1)));
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> Reservations.take(this.writes, 3))
			.withMessageContaining("3 writes in one transaction");
	}

	@Test
	void reservedRoomCountsAndCanBeReleased() {
		create(Specs.of("items").maxPending(3).overflow(Overflow.WRITE_THROUGH, TIMEOUT));
		CountDownLatch release = keepFlusherBusy();
		PendingWrites.Reservation reservation = this.writes.reserve(Map.of("b", 1, "c", 1), true);
		assertThat(reservation).isNotNull();
		assertThat(this.writes.size()).isOne();
		assertThat(this.writes.offer("a", 1)).isFalse();
		reservation.accept("b", 1);
		reservation.release(List.of("c"));
		put("a", 1);
		assertThat(this.writes.size()).isEqualTo(3);
		release.countDown();
	}

	@Test
	@DisplayName("W1: a hold waits for the write in flight and keeps later ones back")
	void holdKeepsPendingWritesBack() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			entered.countDown();
			awaitLatch(go);
		});
		put("k", 1);
		this.writes.expedite("k");
		awaitLatch(entered);
		CompletableFuture<PendingWrites.Hold> holding = CompletableFuture
			.supplyAsync(() -> this.writes.hold(List.of("k"), true));
		assertThat(holding).isNotDone();
		go.countDown();
		PendingWrites.Hold hold = holding.join();
		assertThat(this.store.rows()).containsEntry("k", 1);
		put("k", 2);
		put("other", 1);
		assertThat(this.writes.flush(SHORT).remaining()).isOne();
		assertThat(this.store.rows()).containsEntry("k", 1).containsEntry("other", 1);
		hold.release();
		assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).containsEntry("k", 2);
	}

	@Test
	void holdThatEndsByANewerValueDropsPendingWrites() {
		put("k", 1);
		PendingWrites.Hold hold = this.writes.hold(List.of("k"), true);
		this.store.rows().put("k", "newer");
		hold.supersede((key) -> "stored at once");
		assertThat(this.writes.size()).isZero();
		this.writes.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry("k", "newer");
	}

	@Test
	void holdThatWaitsTooLongIsRefused() {
		create(Specs.of("items").overflow(Overflow.BLOCK, SHORT));
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			entered.countDown();
			awaitLatch(go);
		});
		put("k", 1);
		this.writes.expedite("k");
		awaitLatch(entered);
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> this.writes.hold(List.of("k"), true));
		put("k", 2);
		go.countDown();
		assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).containsEntry("k", 2);
	}

	@Test
	@DisplayName("W2: closing drains what is pending, whatever its age")
	void closeDrains() {
		create(Specs.of("items").batchSize(7));
		for (int i = 0; i < 100; i++) {
			put(i, "v");
		}
		this.writes.close();
		assertThat(this.writes.awaitDrained(TIMEOUT)).isEqualTo(new FlushReport(100, 0, 0));
		assertThat(this.store.rows()).hasSize(100);
		assertThat(this.writes.offer("late", 1)).isFalse();
		assertThat(Reservations.take(this.writes, 1)).isNull();
	}

	@Test
	@DisplayName("W2: the report of a drain has the writes for which room was reserved before")
	void drainReportsWritesThatWereReserved() {
		PendingWrites.Reservation reservation = this.writes.reserve(Map.of("late", 1), true);
		assertThat(reservation).isNotNull();
		this.writes.close();
		reservation.accept("late", 1);
		assertThat(this.writes.awaitDrained(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	@DisplayName("S4: opened again without a drain, writes are deferred as before")
	void defersAgainWhenOpenedWithoutADrain() {
		this.writes.close();
		this.writes.open();
		put("deferred", 1);
		put("urgent", 1);
		this.writes.expedite("urgent");
		await().untilAsserted(() -> assertThat(this.store.rows()).containsOnlyKeys("urgent"));
	}

	@Test
	@DisplayName("W5: without coalescing, all writes of a key are due with the first of them")
	void writesOfOneKeyAreStoredOneAfterTheOther() {
		create(Specs.of("items").coalesce(false));
		for (int i = 1; i <= 3; i++) {
			put("k", i);
		}
		this.writes.expedite("k");
		await().untilAsserted(() -> assertThat(this.store.rows()).containsEntry("k", 3));
	}

	@Test
	@DisplayName("without coalescing, the writes of one key count for the threshold")
	void flushesByNumberOfWritesOfOneKey() {
		create(Specs.of("items").coalesce(false).flushThreshold(10));
		for (int i = 1; i <= 10; i++) {
			put("k", i);
		}
		await().untilAsserted(() -> assertThat(this.store.rows()).containsEntry("k", 10));
	}

	@Test
	@DisplayName("S4: closed and opened again, it works again")
	void opensAgain() {
		put("a", 1);
		this.writes.close();
		this.writes.awaitDrained(TIMEOUT);
		this.writes.open();
		put("b", 1);
		assertThat(this.writes.flush(TIMEOUT).written()).isOne();
	}

	@Test
	@DisplayName("W2: an outage at closing time is retried until the timeout")
	void closeDuringAnOutageRetries() {
		create(Specs.of("items").initialInterval(Duration.ofMillis(50)));
		AtomicInteger calls = new AtomicInteger();
		this.store.beforeWrite((keys) -> {
			if (calls.incrementAndGet() <= 3) {
				throw new DataAccessResourceFailureException("away");
			}
		});
		put("k", 1);
		this.writes.close();
		assertThat(this.writes.awaitDrained(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	@DisplayName("W2: what can't be drained is reported")
	void drainThatTimesOutIsReported() {
		AtomicReference<Thread> flusher = new AtomicReference<>();
		this.store.beforeWrite((keys) -> {
			flusher.set(Thread.currentThread());
			throw new DataAccessResourceFailureException("away");
		});
		put("k", 1);
		this.writes.close();
		assertThat(this.writes.awaitDrained(SHORT)).isEqualTo(new FlushReport(0, 0, 1));
		await().until(() -> !flusher.get().getName().endsWith("-items"));
		this.store.beforeWrite((keys) -> {
		});
		this.writes.open();
		assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).containsEntry("k", 1);
	}

	@Test
	@DisplayName("W2, trap: a write that races with close is stored or not accepted")
	void writesRacingWithCloseAreStoredOrRefused() throws Exception {
		for (int round = 0; round < 50; round++) {
			FakeStore raced = new FakeStore();
			WriteBack racing = new WriteBack("items", Specs.of("items").batchSize(3).writeBack(), raced,
					(PendingWrites.Listener) java.lang.reflect.Proxy.newProxyInstance(getClass().getClassLoader(),
							new Class<?>[] { PendingWrites.Listener.class }, (proxy, method, args) -> null),
					new WriteBackFactory(Clock.systemUTC()).environment());
			Map<Object, Object> accepted = new java.util.concurrent.ConcurrentHashMap<>();
			CountDownLatch started = new CountDownLatch(2);
			List<CompletableFuture<Void>> writers = new ArrayList<>();
			for (int w = 0; w < 2; w++) {
				String prefix = "w" + w + "-";
				writers.add(CompletableFuture.runAsync(() -> {
					for (int i = 0; racing.offer(prefix + i % 50, i); i++) {
						accepted.put(prefix + i % 50, i);
						started.countDown();
					}
				}));
			}
			started.await();
			racing.close();
			racing.awaitDrained(TIMEOUT);
			writers.forEach(CompletableFuture::join);
			assertThat(racing.size()).isZero();
			assertThat(raced.rows()).isEqualTo(accepted);
		}
	}

	@Test
	void flushWithinAStoreCallIsRefused() {
		List<Throwable> failures = new ArrayList<>();
		this.store.beforeWrite((keys) -> {
			try {
				this.writes.flush(TIMEOUT);
			}
			catch (IllegalStateException ex) {
				failures.add(ex);
			}
		});
		put("k", 1);
		this.writes.flush(TIMEOUT);
		assertThat(failures).singleElement().extracting(Throwable::getMessage).asString().contains("items");
	}

	private void refuse(Object refused, RuntimeException failure) {
		this.store.beforeWrite((keys) -> {
			if (keys.contains(refused)) {
				throw failure;
			}
		});
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> void sneaky(Throwable ex) throws E {
		throw (E) ex;
	}

	/**
	 * A value that equals every other one.
	 */
	private record AlwaysEqual(String name) {

		static AlwaysEqual of(String name) {
			return new AlwaysEqual(name);
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof AlwaysEqual;
		}

		@Override
		public int hashCode() {
			return 0;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
