package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.cachepolicy.FlushReport;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.PendingWrites.Guard;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.LogLines;
import io.cachepolicy.testsupport.MemoryLog;
import io.cachepolicy.testsupport.Reservations;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.dao.OptimisticLockingFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for pending writes of a key whose row a transaction changes without the cache.
 */
class GuardedWritesTests {

	private static final Duration TIMEOUT = AbstractWriteBackTests.TIMEOUT;

	private static final int ROOM = 10;

	@RegisterExtension
	private final LogLines lines = new LogLines(HeldChains.class);

	private final MemoryLog log = new MemoryLog();

	private final FakeStore store = new FakeStore();

	private WriteBack writes = create(Specs.of("items"));

	private WriteBack create(Specs specs) {
		WriteBackFactory factory = new WriteBackFactory(Clock.systemUTC(), (letter) -> true, WriteContextCapture.NONE,
				FlushListener.NONE, (cacheName, store) -> this.log);
		return (WriteBack) factory.create("items", specs.log(this.log).maxPending(ROOM).writeBack(), this.store,
				new IgnoringListener());
	}

	@AfterEach
	void roomIsFreeAndTheLogWasCalledInOrder() {
		assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
		PendingWrites.Reservation all = Reservations.take(this.writes, ROOM);
		assertThat(all).isNotNull();
		all.cancel();
		this.writes.close();
		this.writes.awaitDrained(TIMEOUT);
		assertThat(this.log.mistakes()).isEmpty();
		assertThat(this.log.open()).as("neither appended nor cancelled").isZero();
		assertThat(this.log.values()).isEmpty();
		assertThat(this.log.held()).isEmpty();
	}

	@Test
	@DisplayName("C3: a pending write waits while a transaction may change its row, and no longer")
	void guardKeepsWritesBack() {
		this.writes.offer("k", "value");
		Guard guard = this.writes.guard("k");
		assertThat(this.writes.flush(Duration.ofMillis(50)).remaining()).isOne();
		assertThat(this.store.calls()).isEmpty();
		assertThat(this.writes.find("k")).isEqualTo("value");
		guard.release();
		await().until(() -> this.store.rows().containsKey("k"));
	}

	@Test
	@DisplayName("C3: a row that another writer changed makes the pending write a conflict, which is not read")
	void changedRowIsAConflict() {
		this.writes.offer("k", "value");
		Guard guard = this.writes.guard("k");
		guard.changed(false);
		assertThat(this.writes.find("k")).isNull();
		assertThat(this.writes.size()).isOne();
		guard.release();
		await().until(() -> this.writes.size() == 0);
		assertThat(this.writes.deadLetters()).singleElement()
			.satisfies((letter) -> assertThat(letter.value()).isEqualTo("value"));
		assertThat(this.store.calls()).isEmpty();
	}

	@Test
	@DisplayName("C3: where the cache wins, the pending write is read, and written over the row")
	void changedRowIsWrittenOverIfTheCacheWins() {
		this.writes = create(Specs.of("items").onConflict(OnConflict.CACHE_WINS));
		this.store.rebase((key, value) -> value + " over theirs");
		this.store.beforeEntries((entries) -> {
			if (!String.valueOf(entries.get("put")).endsWith("over theirs")) {
				throw new OptimisticLockingFailureException("changed");
			}
		});
		this.writes.offer("put", "value");
		this.writes.offer("removed", Absent.VALUE);
		this.store.rows().putAll(Map.of("put", "theirs", "removed", "theirs"));
		for (String key : List.of("put", "removed")) {
			Guard guard = this.writes.guard(key);
			guard.changed(false);
			assertThat(this.writes.find(key)).isNotNull();
			guard.release();
		}
		assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).isEqualTo(Map.of("put", "value over theirs"));
		assertThat(this.writes.deadLetters()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(OnConflict.class)
	@DisplayName("C3: pending writes of a row that is gone are dropped, those that came later are not")
	void writesOfARemovedRowAreDropped(OnConflict onConflict) {
		this.writes = create(Specs.of("items").coalesce(false).onConflict(onConflict));
		this.writes.offer("k", "first");
		this.writes.offer("k", "second");
		Guard guard = this.writes.guard("k");
		this.writes.offer("k", "third");
		this.writes.offer("k", "fourth");
		guard.changed(true);
		assertThat(this.writes.size()).isEqualTo(2);
		assertThat(this.writes.counts().cancelled()).isEqualTo(2);
		assertThat(this.writes.find("k")).isEqualTo("fourth");
		guard.release();
		assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.calls()).hasSize(2);
		assertThat(this.store.rows()).containsEntry("k", "fourth");
	}

	@Test
	void nothingIsLeftOfTheOnlyWriteOfARemovedRow() {
		this.writes.offer("k", "value");
		Guard guard = this.writes.guard("k");
		guard.changed(true);
		guard.release();
		assertThat(this.writes.size()).isZero();
		assertThat(this.writes.flush(TIMEOUT)).isEqualTo(FlushReport.EMPTY);
		assertThat(this.store.calls()).isEmpty();
	}

	@Test
	@DisplayName("C3: what was accepted under a guard knows of the change, unless the guard was extended")
	void extendedGuardCoversLaterWrites() {
		Guard guard = this.writes.guard("k");
		this.writes.offer("k", "value");
		guard.changed(false);
		assertThat(this.writes.find("k")).isEqualTo("value");
		guard.extend();
		guard.changed(false);
		assertThat(this.writes.find("k")).isNull();
		this.writes.offer("k", "newer");
		assertThat(this.writes.find("k")).as("a newer write takes its place").isEqualTo("newer");
		guard.changed(true);
		assertThat(this.writes.find("k")).isEqualTo("newer");
		guard.release();
		assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).containsEntry("k", "newer");
	}

	@Test
	@DisplayName("C3: a guard waits for nobody: what the store is about to commit goes on, and what waits behind it is not read")
	void writeThatIsBeingCommittedGoesOn() {
		CountDownLatch began = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			began.countDown();
			AbstractWriteBackTests.awaitLatch(release);
		});
		this.writes.offer("k", "value");
		this.writes.expedite("k");
		AbstractWriteBackTests.awaitLatch(began);
		this.writes.offer("k", "behind");
		Guard guard = this.writes.guard("k");
		guard.changed(true);
		assertThat(this.writes.size()).as("nothing in flight, or behind it, is dropped").isEqualTo(2);
		assertThat(this.writes.find("k")).isNull();
		release.countDown();
		await().until(() -> this.writes.size() == 1);
		assertThat(this.store.rows()).containsEntry("k", "value");
		guard.release();
		assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.writes.deadLetters()).singleElement()
			.satisfies((letter) -> assertThat(letter.value()).isEqualTo("behind"));
	}

	@Test
	@DisplayName("W1: a value of overlapping writers that can't be recorded is stored once more nonetheless")
	void valueThatIsStoredOnceMoreNeedsNoRecord() {
		for (RuntimeException failure : List.of(new MemoryLog.Declined(), new WriteRefusedException("The disk is full"),
				new IllegalStateException("broken"))) {
			PendingWrites.Hold first = this.writes.hold(List.of("k"), true);
			this.writes.offer("k", "deferred");
			PendingWrites.Hold second = this.writes.hold(List.of("k"), true);
			first.supersede((key) -> "first");
			this.log.beforePrepare((key) -> {
				throw failure;
			});
			second.supersede((key) -> "second");
			this.log.beforePrepare((key) -> {
			});
			assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
			assertThat(this.store.rows()).containsEntry("k", "second");
			this.store.rows().clear();
		}
		assertThat(this.lines.list()).isNotEmpty()
			.allSatisfy((line) -> assertThat(line.getFormattedMessage()).contains("could not be recorded"));
	}

	@Test
	@DisplayName("D2: a value that was made ready to be recorded and is not needed leaves nothing")
	void valueThatIsNotStoredOnceMoreIsNotRecorded() {
		this.writes.offer("k", "deferred");
		PendingWrites.Hold first = this.writes.hold(List.of("k"), true);
		PendingWrites.Hold second = this.writes.hold(List.of("k"), true);
		first.supersede((key) -> "first");
		assertThat(this.log.open()).isZero();
		assertThat(this.writes.size()).isZero();
		second.release();
	}

}
