package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import io.cachepolicy.FlushReport;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.PendingLog.Revision;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.MemoryLog;
import io.cachepolicy.testsupport.MemoryLog.Recorded;
import io.cachepolicy.testsupport.Reservations;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for what is recorded of pending writes, and when.
 */
class PendingLogTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final MemoryLog log = new MemoryLog();

	private final FakeStore store = new FakeStore();

	private WriteBack create(Specs specs) {
		WriteBackFactory factory = new WriteBackFactory(Clock.systemUTC(), (letter) -> false, WriteContextCapture.NONE,
				FlushListener.NONE, (cacheName, store) -> this.log);
		return (WriteBack) factory.create("items", specs.log(this.log).writeBack(), this.store, new IgnoringListener());
	}

	@AfterEach
	void logWasCalledInOrder() {
		assertThat(this.log.mistakes()).isEmpty();
		assertThat(this.log.open()).as("neither appended nor cancelled").isZero();
	}

	@Test
	void acceptedWriteIsRecordedUntilItIsStored() {
		WriteBack writes = create(Specs.of("items"));
		writes.offer("a", "value");
		writes.offer("b", Absent.VALUE);
		assertThat(this.log.values()).isEqualTo(Map.of("a", "value", "b", Absent.VALUE));
		assertThat(writes.flush(TIMEOUT).written()).isEqualTo(2);
		assertThat(this.log.values()).isEmpty();
	}

	@Test
	void coalescedWriteIsANewRevision() {
		WriteBack writes = create(Specs.of("items"));
		writes.offer("a", "first");
		writes.offer("a", "second");
		writes.offer("a", "third");
		assertThat(this.log.writes()).containsExactly(new Recorded("a", "third", 1, new Revision(2, false)));
		writes.flush(TIMEOUT);
	}

	@Test
	void writeIsForcedOutsideOfAnyLockBeforeItReturns() {
		WriteBack writes = create(Specs.of("items"));
		AtomicBoolean recorded = new AtomicBoolean();
		this.log.beforeForce(() -> {
			recorded.set("value".equals(this.log.values().get("a")));
			assertThat(Thread.holdsLock(Objects.requireNonNull(writes.peer().head("a")))).isFalse();
		});
		writes.offer("a", "value");
		assertThat(recorded).isTrue();
		writes.offer("a", "value");
		writes.flush(TIMEOUT);
	}

	@Test
	void refusedByTheLogNothingIsPendingAndAllRoomIsFree() {
		// More room than makes the buffer flush by itself
		WriteBack writes = create(Specs.of("items").maxPending(10));
		writes.offer("a", "value");
		this.log.fill();
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> writes.offer("a", "newer"));
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> writes.offer("b", "value"));
		assertThatExceptionOfType(WriteRefusedException.class)
			.isThrownBy(() -> writes.reserve(Map.of("b", "value"), true));
		assertThat(writes.find("a")).isEqualTo("value");
		assertThat(writes.find("b")).isNull();
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		this.log.beforePrepare((key) -> {
		});
		PendingWrites.Reservation all = Reservations.take(writes, 10);
		assertThat(all).isNotNull();
		all.cancel();
	}

	@Test
	void reservationThatTheLogRefusesHalfWayGivesEverythingBack() {
		WriteBack writes = create(Specs.of("items").maxPending(3));
		this.log.beforePrepare((key) -> {
			if (key.equals("reserved 2")) {
				throw new WriteRefusedException("The disk is full");
			}
		});
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> Reservations.take(writes, 3));
		PendingWrites.Reservation two = Reservations.take(writes, 2);
		assertThat(two).isNotNull();
		two.cancel();
		writes.close();
		assertThat(writes.awaitDrained(TIMEOUT)).isEqualTo(FlushReport.EMPTY);
	}

	@Test
	void reservedWritesAreReadyBeforeTheCommitAndRecordedAfterIt() {
		WriteBack writes = create(Specs.of("items"));
		PendingWrites.Reservation reservation = writes.reserve(Map.of("a", "early", "b", "value", "c", "never"), true);
		assertThat(reservation).isNotNull();
		assertThat(this.log.open()).isEqualTo(3);
		assertThat(this.log.values()).isEmpty();
		reservation.release(List.of("c", "unknown"));
		reservation.accept("a", "late");
		reservation.accept("b", "value");
		assertThat(this.log.values()).isEqualTo(Map.of("a", "late", "b", "value"));
		assertThatIllegalStateException().isThrownBy(() -> reservation.accept("c", "never"));
		reservation.cancel();
		assertThat(writes.flush(TIMEOUT).written()).isEqualTo(2);
	}

	@Test
	void writeThatIsWrittenThroughIsNotRecorded() {
		// A full buffer flushes by itself
		CountDownLatch release = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> AbstractWriteBackTests.awaitLatch(release));
		WriteBack writes = create(Specs.of("items").maxPending(1).overflow(Overflow.WRITE_THROUGH, TIMEOUT));
		assertThat(writes.offer("a", "value")).isTrue();
		assertThat(writes.offer("b", "value")).isFalse();
		assertThat(this.log.values()).containsOnlyKeys("a");
		release.countDown();
		writes.close();
		writes.awaitDrained(TIMEOUT);
		assertThat(writes.offer("c", "value")).isFalse();
		assertThat(this.log.values()).isEmpty();
	}

	@Test
	void writeThroughOverAPendingWriteIsRecordedBeforeTheStoreIsAsked() {
		WriteBack writes = create(Specs.of("items"));
		writes.offer("a", "older");
		PendingWrites.Hold hold = writes.hold(List.of("a", "not pending"), true);
		assertThat(this.log.held()).isEqualTo(Map.of("a", 1L));
		hold.release();
		assertThat(this.log.held()).isEmpty();
		PendingWrites.Hold second = writes.hold(List.of("a"), true);
		second.supersede((key) -> "newer");
		assertThat(this.log.held()).isEmpty();
		assertThat(this.log.values()).isEmpty();
		assertThat(writes.size()).isZero();
	}

	@Test
	void writeThatIsStoredOnceMoreAfterOverlappingHoldsIsRecorded() {
		WriteBack writes = create(Specs.of("items"));
		CountDownLatch looked = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> AbstractWriteBackTests.awaitLatch(looked));
		PendingWrites.Hold first = writes.hold(List.of("a"), true);
		writes.offer("a", "between");
		PendingWrites.Hold second = writes.hold(List.of("a"), true);
		first.supersede((key) -> "first");
		second.supersede((key) -> "second");
		assertThat(this.log.writes()).containsExactly(new Recorded("a", "second", 1, new Revision(1, false)));
		looked.countDown();
		writes.flush(TIMEOUT);
		assertThat(this.log.values()).isEmpty();
	}

	@Test
	void deadLetterIsNoLongerPending() {
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("refused");
		});
		WriteBack writes = create(Specs.of("items").maxAttempts(1));
		writes.offer("a", "value");
		assertThat(writes.flush(TIMEOUT).failed()).isOne();
		assertThat(this.log.values()).isEmpty();
		this.store.beforeWrite((keys) -> {
		});
		PendingWrites.Reservation reservation = writes.reserve(Map.of("a", "value"), true);
		assertThat(reservation).isNotNull();
		assertThat(reservation.replay(writes.deadLetters().get(0), "value")).isTrue();
		assertThat(this.log.values()).isEqualTo(Map.of("a", "value"));
		assertThat(writes.flush(TIMEOUT).written()).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void recordIsWhatIsPendingWhateverHappens(boolean coalesce) {
		for (int seed = 0; seed < 300; seed++) {
			Random random = new Random(seed);
			TestedPending pending = new TestedPending(1000, coalesce, this.log);
			for (int step = 0; step < 60; step++) {
				step(pending, random, step);
				assertThat(this.log.values()).as("seed %d, step %d", seed, step)
					.isEqualTo(Map.copyOf(
							pending.list().stream().collect(Collectors.toMap(PendingWrite::key, PendingWrite::value))));
				assertThat(this.log.writes()).hasSize(pending.size());
			}
			for (PendingWrite write : pending.list()) {
				PendingWrite head = pending.head(write.key());
				while (head != null) {
					Claim claim = Objects.requireNonNull(pending.claim(head, 0));
					head = pending.complete(claim);
				}
			}
			assertThat(this.log.writes()).isEmpty();
		}
	}

	private void step(TestedPending pending, Random random, int step) {
		Object key = "key " + random.nextInt(3);
		switch (random.nextInt(5)) {
			case 0, 1 -> {
				pending.tryReserve(1);
				pending.add(key, "value " + step, null, 0);
			}
			case 2 -> pending.coalesce(key, "value " + step, null);
			case 3 -> flush(pending, key, random.nextBoolean(), "value " + step);
			default -> {
				long last = pending.hold(List.of(key));
				if (random.nextBoolean()) {
					pending.tryReserve(1);
					pending.add(key, "under a hold " + step, null, 0);
				}
				pending.drop(key, last, () -> null, null);
				pending.unhold(List.of(key));
			}
		}
	}

	private static void flush(TestedPending pending, Object key, boolean stored, Object meanwhile) {
		PendingWrite head = pending.head(key);
		Claim claim = (head != null) ? pending.claim(head, 0) : null;
		if (claim == null) {
			return;
		}
		pending.tryReserve(1);
		pending.add(key, meanwhile, null, 0);
		if (stored) {
			pending.complete(claim);
		}
		else {
			pending.giveBack(claim);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void nextProcessGoesOnWithWhatIsRecorded(boolean coalesce) {
		this.log.prepare("a", "first").append(3, new Revision(7, false));
		this.log.prepare("b", Absent.VALUE).append(4, new Revision(0, false));
		this.log.prepare("a", "second").append(5, new Revision(0, false));
		this.store.rows().put("b", "to be removed");
		CountDownLatch release = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> AbstractWriteBackTests.awaitLatch(release));
		WriteBack recovered = create(Specs.of("items").coalesce(coalesce).maxPending(1));
		assertThat(recovered.find("a")).isEqualTo("second");
		assertThat(recovered.find("b")).isSameAs(Absent.VALUE);
		assertThat(this.store.unanswered()).isEqualTo(Map.of("a", "first", "b", Absent.VALUE));
		release.countDown();
		assertThat(recovered.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).isEqualTo(Map.of("a", "second"));
		assertThat(this.log.values()).isEmpty();
		CountDownLatch looked = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> AbstractWriteBackTests.awaitLatch(looked));
		recovered.offer("c", "value");
		assertThat(this.log.writes()).containsExactly(new Recorded("c", "value", 6, new Revision(0, false)));
		looked.countDown();
		assertThat(recovered.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).containsEntry("c", "value");
		PendingWrites.Reservation one = Reservations.take(recovered, 1);
		assertThat(one).as("room is as large as before").isNotNull();
		one.cancel();
	}

	@Test
	void nothingIsAcceptedWhileMoreIsRecoveredThanThereIsRoomFor() {
		this.log.prepare("a", "value").append(1, new Revision(0, false));
		this.log.prepare("b", "value").append(2, new Revision(0, false));
		this.log.prepare("c", "value").append(3, new Revision(0, false));
		CountDownLatch release = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> AbstractWriteBackTests.awaitLatch(release));
		WriteBack recovered = create(Specs.of("items").maxPending(2).overflow(Overflow.REJECT, TIMEOUT));
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> recovered.offer("d", "value"));
		release.countDown();
		assertThat(recovered.flush(TIMEOUT).remaining()).isZero();
		assertThat(recovered.offer("d", "value")).isTrue();
		recovered.flush(TIMEOUT);
	}

}
