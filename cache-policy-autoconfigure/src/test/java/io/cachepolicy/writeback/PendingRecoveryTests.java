package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.RecoveredFailureException;
import io.cachepolicy.WriteNotRecordedException;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.PendingLog.Revision;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.MemoryLog;
import io.cachepolicy.testsupport.MemoryLog.Recorded;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what the next process makes of a log, whenever the one before died.
 */
class PendingRecoveryTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final MemoryLog log = new MemoryLog();

	private FakeStore store = new FakeStore();

	private final List<DeadLetter> handled = new ArrayList<>();

	private WriteBack create() {
		return create(Specs.of("items"));
	}

	private WriteBack create(Specs specs) {
		WriteBackFactory factory = new WriteBackFactory(Clock.systemUTC(), this.handled::add, WriteContextCapture.NONE,
				FlushListener.NONE, (cacheName, store) -> this.log);
		return (WriteBack) factory.create("items", specs.log(this.log).writeBack(), this.store, new IgnoringListener());
	}

	private PendingWrites.Reservation reserve(WriteBack writes, Map<Object, Object> values) {
		PendingWrites.Reservation reservation = writes.reserve(values, true);
		assertThat(reservation).isNotNull();
		assertThat(reservation.promise()).isTrue();
		return reservation;
	}

	@AfterEach
	void logWasCalledInOrder() {
		assertThat(this.log.mistakes()).isEmpty();
		assertThat(this.log.open()).as("neither appended nor cancelled").isZero();
	}

	@Test
	@DisplayName("D5: a transaction without an outcome becomes dead letters in doubt")
	void transactionWithoutAnOutcomeIsInDoubt() {
		reserve(create(), Map.of("a", "value", "b", Absent.VALUE));
		assertThat(this.log.promised()).containsExactlyInAnyOrder("a", "b");
		WriteBack next = create();
		assertThat(next.deadLetters()).hasSize(2)
			.allSatisfy((letter) -> assertThat(letter.kind()).isEqualTo(DeadLetter.Kind.IN_DOUBT))
			.allSatisfy((letter) -> assertThat(letter.reason()).isInstanceOf(RecoveredFailureException.class))
			.extracting(DeadLetter::value)
			.containsExactlyInAnyOrder("value", null);
		assertThat(next.size()).isZero();
		assertThat(this.log.values()).isEmpty();
		assertThat(this.log.letters()).hasSize(2);
	}

	@Test
	@DisplayName("D5: a rolled back transaction leaves nothing")
	void rolledBackTransactionLeavesNothing() {
		WriteBack writes = create();
		PendingWrites.Reservation reservation = reserve(writes, Map.of("a", "value", "b", "value"));
		reservation.release(List.of("a"));
		assertThat(this.log.promised()).containsExactly("b");
		reservation.cancel();
		assertThat(this.log.promised()).isEmpty();
		assertThat(this.log.values()).isEmpty();
		assertThat(this.log.calls()).containsExactly("end");
	}

	@Test
	@DisplayName("D1: what a transaction committed is recorded as a whole before its commit returns")
	void committedTransactionIsRecordedAsAWhole() {
		WriteBack writes = create();
		PendingWrites.Reservation reservation = reserve(writes, Map.of("a", "early", "b", "value"));
		reservation.commit();
		reservation.accept("a", "late");
		reservation.accept("b", "value");
		assertThat(this.log.promised()).isEmpty();
		reservation.cancel();
		assertThat(this.log.calls()).containsExactly("commit", "end");
		assertThat(this.log.values()).isEqualTo(Map.of("a", "late", "b", "value"));
		writes.flush(TIMEOUT);
	}

	@Test
	@DisplayName("D7: a log that can't promise fails the transaction before its commit")
	void promiseThatIsRefusedTakesNoRoom() {
		WriteBack writes = create(Specs.of("items").maxPending(1));
		this.log.beforePromise(() -> {
			throw new WriteRefusedException("The disk is full");
		});
		PendingWrites.Reservation reservation = writes.reserve(Map.of("a", "value"), true);
		assertThat(reservation).isNotNull();
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(reservation::promise);
		reservation.cancel();
		assertThat(writes.offer("b", "value")).as("room is free").isTrue();
		writes.flush(TIMEOUT);
	}

	@Test
	@DisplayName("D2: a pending write over which another one was being stored is in doubt, a newer one is not")
	void heldWriteIsInDoubt() {
		WriteBack writes = create();
		writes.offer("a", "older");
		writes.offer("b", "older");
		writes.hold(List.of("a", "b"), true);
		writes.offer("b", "newer");
		WriteBack next = create();
		assertThat(next.deadLetters()).singleElement().satisfies((letter) -> {
			assertThat(letter.key()).isEqualTo("a");
			assertThat(letter.value()).isEqualTo("older");
			assertThat(letter.kind()).isEqualTo(DeadLetter.Kind.IN_DOUBT);
		});
		assertThat(next.find("a")).isNull();
		assertThat(next.find("b")).isEqualTo("newer");
		assertThat(next.flush(TIMEOUT).written()).isOne();
		assertThat(this.store.rows()).isEqualTo(Map.of("b", "newer"));
	}

	@Test
	@DisplayName("D2: a key is held until the last of the holds on it ends")
	void overlappingHoldsAreCounted() {
		WriteBack writes = create();
		writes.offer("a", "older");
		PendingWrites.Hold first = writes.hold(List.of("a"), true);
		PendingWrites.Hold second = writes.hold(List.of("a"), true);
		first.release();
		assertThat(this.log.held()).isEqualTo(Map.of("a", 1L));
		second.release();
		assertThat(this.log.held()).isEmpty();
		writes.flush(TIMEOUT);
	}

	@Test
	@DisplayName("D4: a dead letter survives, and its id is not used again")
	void deadLetterSurvives() {
		refuse("value");
		WriteBack writes = create(Specs.of("items").maxAttempts(1));
		writes.offer("a", "value");
		assertThat(writes.flush(TIMEOUT).failed()).isOne();
		DeadLetter letter = writes.deadLetters().get(0);
		WriteBack next = create();
		assertThat(next.deadLetters()).containsExactly(letter);
		assertThat(next.size()).isZero();
		next.offer("b", "value");
		next.flush(TIMEOUT);
		assertThat(next.deadLetters()).extracting(DeadLetter::id).doesNotHaveDuplicates().hasSize(2);
		assertThat(next.discard(letter)).isTrue();
		assertThat(this.log.letters()).extracting(DeadLetter::key).containsExactly("b");
		assertThat(create().deadLetters()).extracting(DeadLetter::key).containsExactly("b");
	}

	@Test
	@DisplayName("D4: a replayed dead letter is pending, one that a newer write superseded is gone")
	void replayedDeadLetterIsPending() {
		refuse("refused");
		WriteBack writes = create(Specs.of("items").maxAttempts(1));
		writes.offer("a", "refused");
		writes.offer("b", "refused");
		writes.flush(TIMEOUT);
		PendingWrites.Reservation reservation = writes.reserve(Map.of("a", "again"), true);
		assertThat(reservation).isNotNull();
		assertThat(reservation.replay(writes.deadLetters().get(0), "again")).isTrue();
		reservation.cancel();
		writes.offer("b", "newer");
		WriteBack next = create();
		assertThat(next.deadLetters()).isEmpty();
		assertThat(next.find("a")).isEqualTo("again");
		assertThat(next.find("b")).isEqualTo("newer");
		assertThat(next.flush(TIMEOUT).written()).isEqualTo(2);
	}

	@Test
	@DisplayName("D3: a put over a removal is still one after the restart")
	void putOverARemovalIsStillOne() {
		WriteBack writes = create();
		writes.offer("a", Absent.VALUE);
		writes.offer("a", "again");
		assertThat(this.log.writes()).containsExactly(new Recorded("a", "again", 1, new Revision(1, true)));
		WriteBack next = create();
		assertThat(next.isOverRemoval("a")).isTrue();
		next.flush(TIMEOUT);
		assertThat(this.log.values()).isEmpty();
	}

	@Test
	@DisplayName("D3: what was recovered waits until the cache is open, and stays when it is closed too early")
	void recoveredWriteWaitsForTheStart() {
		create().offer("a", "value");
		WriteBack next = create();
		next.suspend();
		assertThat(next.find("a")).isEqualTo("value");
		assertThat(next.offer("b", "value")).as("written through").isFalse();
		assertThat(this.store.rows()).isEmpty();
		next.open();
		assertThat(next.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).isEqualTo(Map.of("a", "value"));
	}

	@Test
	@DisplayName("D3: a drain that did not end hands nothing to handlers, as the next start goes on with it")
	void drainThatDidNotEnd() {
		this.store.beforeWrite((keys) -> {
			throw new org.springframework.dao.QueryTimeoutException("slow");
		});
		WriteBack writes = create();
		writes.offer("a", "value");
		writes.close();
		FlushReport report = writes.awaitDrained(Duration.ofMillis(50));
		assertThat(report.remaining()).isOne();
		assertThat(this.handled).isEmpty();
		assertThat(this.log.values()).isEqualTo(Map.of("a", "value"));
		// A last call to the old one may be under way
		this.store = new FakeStore();
		WriteBack next = create();
		assertThat(next.flush(TIMEOUT).written()).isOne();
	}

	@Test
	@DisplayName("D1: several writes are forced once")
	void severalWritesAreForcedOnce() {
		WriteBack writes = create();
		writes.offerUnforced("a", "value");
		writes.offerUnforced("b", "value");
		assertThat(writes.force()).isTrue();
		assertThat(this.log.calls()).containsExactly("force");
		writes.flush(TIMEOUT);
	}

	@Test
	@DisplayName("D1: a write that can't be forced tells so, and is pending")
	void writeThatCannotBeForcedTellsSo() {
		WriteBack writes = create();
		this.log.beforeForce(() -> {
			throw new WriteNotRecordedException("The disk failed", new IllegalStateException());
		});
		assertThatExceptionOfType(WriteNotRecordedException.class).isThrownBy(() -> writes.offer("a", "value"));
		assertThat(writes.find("a")).isEqualTo("value");
		this.log.beforeForce(() -> {
		});
		writes.flush(TIMEOUT);
		assertThat(this.store.rows()).isEqualTo(Map.of("a", "value"));
	}

	private void refuse(Object value) {
		this.store.beforeWrite((keys) -> {
			if (this.log.values().containsValue(value)) {
				throw new DataIntegrityViolationException("refused");
			}
		});
	}

}
