package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Reservations;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for writers that meet a buffer that is full or closed, and for the end of the
 * drain.
 */
@ExtendWith(OutputCaptureExtension.class)
class ClosingTests extends AbstractWriteBackTests {

	private final FakeStore store = new FakeStore();

	private final CountDownLatch release = new CountDownLatch(1);

	private WriteBack createFull(Overflow overflow) {
		WriteBack writes = create(Specs.of("items").maxPending(1).overflow(overflow, TIMEOUT), this.store);
		this.store.beforeWrite((keys) -> awaitLatch(this.release));
		writes.offer("busy", 1);
		return writes;
	}

	private static void awaitBlocked(Thread thread) {
		await().until(() -> isIn(thread, Room.class, "tryReserve") && thread.getState() != Thread.State.RUNNABLE);
	}

	private static boolean isIn(Thread thread, Class<?> type, String method) {
		return Arrays.stream(thread.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals(type.getName()) && frame.getMethodName().equals(method));
	}

	@Test
	void writerThatIsInterruptedIsRefused() throws InterruptedException {
		WriteBack writes = createFull(Overflow.BLOCK);
		AtomicBoolean interrupted = new AtomicBoolean();
		Thread writer = new Thread(() -> {
			assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> writes.offer("a", 1));
			interrupted.set(Thread.currentThread().isInterrupted());
		});
		writer.start();
		awaitBlocked(writer);
		writer.interrupt();
		writer.join(TIMEOUT.toMillis());
		assertThat(interrupted).isTrue();
		assertThat(writes.find("a")).isNull();
		this.release.countDown();
	}

	@Test
	void writerThatWaitsForRoomWhileTheCacheClosesWritesThrough() {
		WriteBack writes = createFull(Overflow.BLOCK);
		CompletableFuture<Boolean> offered = new CompletableFuture<>();
		Thread writer = new Thread(() -> offered.complete(writes.offer("a", 1)));
		CompletableFuture<Boolean> reserved = new CompletableFuture<>();
		Thread other = new Thread(() -> reserved.complete(Reservations.take(writes, 1) != null));
		writer.start();
		other.start();
		awaitBlocked(writer);
		awaitBlocked(other);
		writes.close();
		this.release.countDown();
		assertThat(offered).succeedsWithin(TIMEOUT).isEqualTo(false);
		assertThat(reserved).succeedsWithin(TIMEOUT).isEqualTo(false);
		assertThat(writes.awaitDrained(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.store.rows()).containsOnlyKeys("busy");
	}

	@Test
	void closedCacheReservesNothing() {
		WriteBack writes = create(Specs.of("items"), this.store);
		writes.close();
		assertThat(Reservations.take(writes, 1)).isNull();
		assertThat(writes.offer("a", 1)).isFalse();
		assertThat(writes.awaitDrained(TIMEOUT)).isEqualTo(FlushReport.EMPTY);
	}

	@Test
	void drainEndsAfterTheLastWordsOfTheFlusher() {
		Thread closing = Thread.currentThread();
		AtomicInteger told = new AtomicInteger();
		FlushListener slow = new FlushListener() {

			@Override
			public Flush begin(String cacheName, List<WriteContext> contexts) {
				return (result) -> {
					await().until(() -> isIn(closing, Flusher.class, "awaitEnd"));
					told.addAndGet(result.written());
				};
			}

		};
		PendingWrites writes = new WriteBackFactory(Clock.systemUTC(), (letter) -> false, WriteContextCapture.NONE,
				slow)
			.create("items", Specs.of("items").writeBack(), this.store, new IgnoringListener());
		writes.offer("a", 1);
		writes.close();
		assertThat(writes.awaitDrained(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(told).hasValue(1);
	}

	@Test
	void drainInAnInterruptedThreadStoresEverything() {
		WriteBack writes = create(Specs.of("items"), this.store);
		this.store.beforeWrite((keys) -> awaitLatch(this.release));
		writes.offer("a", 1);
		writes.close();
		Thread closing = Thread.currentThread();
		CompletableFuture.runAsync(() -> {
			await().until(() -> isIn(closing, FlushRequests.class, "awaitIdle")
					&& closing.getState() == Thread.State.TIMED_WAITING);
			// Once more, while it waits
			closing.interrupt();
			this.release.countDown();
		});
		closing.interrupt();
		FlushReport report = writes.awaitDrained(TIMEOUT);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(report).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.store.rows()).containsEntry("a", 1);
	}

	@Test
	@DisplayName("W2: a drain waits for writes whose transaction took room before")
	void drainWaitsForReservedRoom() {
		WriteBack writes = create(Specs.of("items"), this.store);
		PendingWrites.Reservation reservation = writes.reserve(Map.of("a", 1), true);
		assertThat(reservation).isNotNull();
		writes.close();
		CompletableFuture<FlushReport> drained = new CompletableFuture<>();
		Thread closing = new Thread(() -> drained.complete(writes.awaitDrained(TIMEOUT)));
		closing.start();
		await().until(() -> drained.isDone() || (isIn(closing, FlushRequests.class, "awaitIdle")
				&& closing.getState() == Thread.State.TIMED_WAITING));
		reservation.accept("a", 1);
		reservation.cancel();
		assertThat(drained).succeedsWithin(TIMEOUT).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.store.rows()).containsEntry("a", 1);
		assertThat(this.handled).isEmpty();
	}

	@Test
	@DisplayName("W2: what a drain leaves is handed over with the attempts that were made")
	void drainThatIsGivenUpTellsOfAttempts() {
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("refused");
		});
		WriteBack writes = create(Specs.of("items").maxAttempts(1000), this.store);
		writes.offer("tried", 1);
		writes.expedite("tried");
		await().until(() -> writes.counts().failedAttempts() > 0);
		Instant failed = Instant.now();
		PendingWrites.Hold hold = writes.hold(List.of("tried", "untried"), true);
		writes.offer("untried", 1);
		writes.close();
		writes.awaitDrained(Duration.ofMillis(50));
		hold.release();
		assertThat(this.handled).extracting(DeadLetter::key).containsExactlyInAnyOrder("tried", "untried");
		assertThat(this.handled).allSatisfy((letter) -> {
			boolean tried = letter.key().equals("tried");
			assertThat(letter.kind()).isEqualTo(DeadLetter.Kind.NOT_STORED);
			assertThat(letter.attempts() > 0).isEqualTo(tried);
			assertThat(!letter.firstFailure().isAfter(failed)).isEqualTo(tried);
			assertThat(letter.lastFailure()).isAfter(failed);
		});
		this.store.beforeWrite((keys) -> {
		});
		writes.open();
	}

	@Test
	void endlessTimesAreWaitedFor() {
		WriteBack writes = create(Specs.of("items")
			.flushInterval(Duration.ofDays(365_000))
			.overflow(Overflow.BLOCK, Duration.ofSeconds(Long.MAX_VALUE)), this.store);
		writes.offer("a", 1);
		assertThat(writes.flush(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(new FlushReport(1, 0, 0));
		writes.hold(List.of("a"), true).release();
		writes.offer("b", 1);
		writes.close();
		assertThat(writes.awaitDrained(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	void drainThatIsGivenUpNamesKeys(CapturedOutput output) {
		WriteBack writes = create(Specs.of("items"), this.store);
		this.store.beforeWrite((keys) -> {
			throw new DataAccessResourceFailureException("away");
		});
		writes.offer("lonely", 1);
		writes.close();
		writes.awaitDrained(Duration.ofMillis(50));
		assertThat(output).contains("'items' was closed with 1 pending writes", "[lonely]").doesNotContain("others]");
		writes.open();
		for (int i = 0; i < 200; i++) {
			writes.offer("key" + i, 1);
		}
		writes.close();
		writes.awaitDrained(Duration.ofMillis(50));
		assertThat(output).contains("'items' was closed with 201 pending writes", " and 101 others]");
		this.store.beforeWrite((keys) -> {
		});
		writes.open();
	}

	@Test
	void bufferThatIsNearlyFullIsFlushedEarly() {
		WriteBack writes = create(
				Specs.of("items").maxPending(10).flushInterval(Duration.ofHours(1)).flushThreshold(1000), this.store);
		for (int i = 0; i < 7; i++) {
			writes.offer(i, "value");
		}
		assertThat(this.store.calls()).isEmpty();
		writes.offer(7, "value");
		await().untilAsserted(() -> assertThat(this.store.rows()).hasSize(8));
		for (int i = 0; i < 8; i++) {
			writes.offer(i, "again");
		}
		await().untilAsserted(() -> assertThat(this.store.rows().values()).containsOnly("again"));
	}

}
