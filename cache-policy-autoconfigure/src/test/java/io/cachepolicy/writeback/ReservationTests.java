package io.cachepolicy.writeback;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.PendingWrites.Reservation;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.MemoryLog;
import io.cachepolicy.testsupport.Reservations;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Acceptance}: what becomes of the room and the records of writes whose
 * transaction ends one way or the other.
 */
class ReservationTests {

	private static final int ROOM = 20;

	private final MemoryLog log = new MemoryLog();

	private final FakeStore store = new FakeStore();

	private final WriteBack writes = (WriteBack) new WriteBackFactory(Clock.systemUTC(), (letter) -> true,
			WriteContextCapture.NONE, FlushListener.NONE, (cacheName, store) -> this.log)
		.create("items", Specs.of("items").maxAttempts(1).log(this.log).maxPending(ROOM).writeBack(), this.store,
				new IgnoringListener());

	@AfterEach
	void roomIsFreeAndNothingIsRecorded() {
		this.log.beforeForce(() -> {
		});
		assertThat(this.writes.flush(AbstractWriteBackTests.TIMEOUT).remaining()).isZero();
		Reservation all = Reservations.take(this.writes, ROOM);
		assertThat(all).isNotNull();
		all.cancel();
		this.writes.close();
		this.writes.awaitDrained(AbstractWriteBackTests.TIMEOUT);
		assertThat(this.log.mistakes()).isEmpty();
		assertThat(this.log.open()).as("neither appended nor cancelled").isZero();
		assertThat(this.log.values()).isEmpty();
		assertThat(this.log.held()).isEmpty();
	}

	private Reservation reserve(Map<Object, Object> values) {
		return Objects.requireNonNull(this.writes.reserve(values, true));
	}

	private DeadLetter refused(Object key) {
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("refused");
		});
		this.writes.offer(key, "refused");
		this.writes.flush(AbstractWriteBackTests.TIMEOUT);
		this.store.beforeWrite((keys) -> {
		});
		return this.writes.deadLetters().get(0);
	}

	private static void decline() {
		throw new MemoryLog.Declined();
	}

	@Test
	@DisplayName("F2: a dead letter is replayed once, and recorded before that returns")
	void deadLetterIsReplayedOnce() {
		DeadLetter letter = refused("k");
		Reservation reservation = reserve(Map.of("k", "again"));
		assertThat(reservation.replay(letter, "again")).isTrue();
		assertThat(this.log.calls()).last().isEqualTo("force");
		assertThat(this.writes.deadLetters()).isEmpty();
		assertThat(this.log.letters()).isEmpty();
		this.writes.flush(AbstractWriteBackTests.TIMEOUT);
		Reservation another = reserve(Map.of("k", "once more"));
		assertThat(another.replay(letter, "once more")).isFalse();
		another.cancel();
		assertThat(this.writes.size()).isZero();
		assertThat(this.store.rows()).containsEntry("k", "again");
	}

	@Test
	@DisplayName("F2: what was promised is recorded with its transaction, when a dead letter is replayed by it")
	void promisedReplayIsNotForced() {
		DeadLetter letter = refused("k");
		Reservation reservation = reserve(Map.of("k", "again"));
		assertThat(reservation.promise()).isTrue();
		reservation.commit();
		int calls = this.log.calls().size();
		assertThat(reservation.replay(letter, "again")).isTrue();
		assertThat(this.log.calls()).hasSize(calls);
		reservation.cancel();
	}

	@Test
	@DisplayName("F2: a dead letter that is no longer kept takes no room, whatever value it would have had")
	void supersededLetterIsNotReplayed() {
		DeadLetter letter = refused("k");
		Reservation reservation = reserve(Map.of("k", "again", "other", "value"));
		this.writes.offer("k", "newer");
		assertThat(reservation.replay(letter, "changed meanwhile")).isFalse();
		assertThat(this.writes.find("k")).isEqualTo("newer");
		assertThat(this.log.values()).isEqualTo(Map.of("k", "newer"));
		reservation.cancel();
	}

	@Test
	@DisplayName("a write that was not reserved is a mistake, and takes nobody's room")
	void writeThatWasNotReservedIsRefused() {
		Reservation reservation = reserve(Map.of("k", "value"));
		assertThatIllegalStateException().isThrownBy(() -> reservation.accept("other", "value"));
		reservation.accept("k", "value");
		assertThatIllegalStateException().isThrownBy(() -> reservation.accept("k", "value"));
		reservation.cancel();
		assertThat(this.writes.keys()).containsExactly("k");
	}

	@Test
	@DisplayName("D1: a value that changed before the commit is recorded as it was before, if there is no room for it")
	void valueBeforeTheCommitIsRecordedWithoutRoomForTheLastOne() {
		Reservation reservation = reserve(Map.of("k", "before"));
		this.log.beforePrepare((key) -> decline());
		reservation.accept("k", "after");
		this.log.beforePrepare((key) -> {
		});
		reservation.cancel();
		assertThat(this.writes.find("k")).isEqualTo("after");
		assertThat(this.log.values()).isEqualTo(Map.of("k", "before"));
	}

	@Test
	@DisplayName("D1: a value whose record fails is not accepted, and leaves its room to the reservation")
	void writeThatCannotBeRecordedIsNotAccepted() {
		Reservation reservation = reserve(Map.of("k", "before"));
		this.log.fill();
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> reservation.accept("k", "after"));
		assertThat(this.writes.find("k")).isNull();
		this.log.beforePrepare((key) -> {
		});
		reservation.accept("k", "before");
		assertThat(this.writes.find("k")).isEqualTo("before");
	}

	@Test
	@DisplayName("D7: writes that the log can't promise, or keep, are to be written through")
	void writesThatAreNotRecordedAreWrittenThrough() {
		this.log.beforePromise(ReservationTests::decline);
		Reservation reservation = reserve(Map.of("k", "value"));
		assertThat(reservation.promise()).isFalse();
		reservation.commit();
		reservation.cancel();
		assertThat(this.log.calls()).isEmpty();
		this.log.beforeForce(ReservationTests::decline);
		assertThat(this.writes.offer("k", "value")).isFalse();
		assertThat(this.writes.force()).isFalse();
		this.log.beforePrepare((key) -> decline());
		assertThat(this.writes.offer("other", "value")).isFalse();
		assertThat(this.writes.keys()).containsExactly("k");
		assertThat(this.writes.reserve(Map.of("other", "value"), true)).isNull();
		this.log.beforePrepare((key) -> {
		});
	}

	@Test
	@DisplayName("D2: nothing is stored over a pending write of which no record can tell that")
	void holdThatCannotBeRecordedIsRefused() {
		this.log.beforeForce(ReservationTests::decline);
		this.writes.hold(List.of("k"), true).release();
		this.log.beforeForce(() -> {
		});
		this.writes.offer("k", "value");
		this.log.beforeForce(ReservationTests::decline);
		assertThatExceptionOfType(WriteRefusedException.class)
			.isThrownBy(() -> this.writes.hold(List.of("k", "other"), true))
			.withMessageContaining("can't record");
		assertThat(this.log.held()).isEmpty();
		this.log.beforeForce(() -> {
		});
		assertThat(this.writes.flush(AbstractWriteBackTests.TIMEOUT).remaining()).as("the key is free").isZero();
		assertThat(this.store.rows()).containsEntry("k", "value");
	}

}
