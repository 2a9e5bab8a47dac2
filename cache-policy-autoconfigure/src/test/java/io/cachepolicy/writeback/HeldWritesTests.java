package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Reservations;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for pending writes whose key is held, as another write of it goes to the store at
 * once.
 */
class HeldWritesTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final FakeStore store = new FakeStore();

	private PendingWrites create(Specs specs) {
		return new WriteBackFactory(Clock.systemUTC()).create("items", specs.writeBack(), this.store,
				new IgnoringListener());
	}

	/**
	 * Who read the value that was stored at once, before its writer returned, and then
	 * wrote, wrote later.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void writeAcceptedWhileItsKeyIsHeldIsNotDropped(boolean coalesce) {
		PendingWrites writes = create(Specs.of("items").coalesce(coalesce));
		writes.offer(1L, "older");
		PendingWrites.Hold hold = writes.hold(List.of(1L), true);
		this.store.write(WriteMode.NOW, Map.of(1L, "stored at once"));
		writes.offer(1L, "newer");
		writes.offer(1L, "newest");
		hold.supersede((key) -> "stored at once");
		writes.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, "newest");
		assertThat(this.store.calls()).hasSize(coalesce ? 2 : 3);
		assertThat(writes.size()).isZero();
	}

	@Test
	void olderWritesAreDroppedByEachHoldThatCameAfterThem() {
		PendingWrites writes = create(Specs.of("items").maxPending(3));
		writes.offer(1L, "first");
		PendingWrites.Hold first = writes.hold(List.of(1L), true);
		writes.offer(1L, "second");
		PendingWrites.Hold second = writes.hold(List.of(1L), true);
		writes.offer(1L, "third");
		assertThat(writes.size()).isEqualTo(3);
		first.supersede((key) -> "first at once");
		assertThat(writes.size()).isEqualTo(2);
		second.supersede((key) -> "second at once");
		writes.flush(TIMEOUT);
		assertThat(this.store.calls()).containsExactly("flushAll[1]");
		assertThat(this.store.rows()).containsEntry(1L, "third");
		assertThat(Reservations.take(writes, 3)).isNotNull();
	}

	/**
	 * Of two writes that go to the store at once, nobody knows which one it has. A reader
	 * that saw a deferred write after the first of them had returned takes it for the
	 * newer one, and the second one came after it.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("R2, W1, trap: a deferred write between two overlapping write-throughs does not bring back the first")
	void writeThatReplacesOneOfAnOverlappedHoldIsStoredLast(boolean coalesce) {
		PendingWrites writes = create(Specs.of("items").coalesce(coalesce));
		PendingWrites.Hold first = writes.hold(List.of(1L), true);
		writes.offer(1L, "deferred");
		PendingWrites.Hold second = writes.hold(List.of(1L), true);
		PendingWrites.Hold third = writes.hold(List.of(1L), true);
		this.store.write(WriteMode.NOW, Map.of(1L, "second"));
		this.store.write(WriteMode.NOW, Map.of(1L, "first"));
		first.supersede((key) -> "first");
		assertThat(writes.find(1L)).isEqualTo("deferred");
		second.supersede((key) -> "second");
		assertThat(writes.find(1L)).isEqualTo("second");
		third.release();
		writes.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, "second");
		assertThat(writes.size()).isZero();
		assertThat(writes.find(1L)).isNull();
	}

	@Test
	@DisplayName("R2: of several deferred writes between two overlapping write-throughs none comes back")
	void writesOfAnOverlappedHoldAreReplacedByOne() {
		PendingWrites writes = create(Specs.of("items").coalesce(false).maxPending(3));
		PendingWrites.Hold first = writes.hold(List.of(1L), true);
		writes.offer(1L, "deferred");
		writes.offer(1L, "deferred later");
		PendingWrites.Hold second = writes.hold(List.of(1L), true);
		first.supersede((key) -> "first");
		assertThat(writes.size()).isEqualTo(2);
		second.supersede((key) -> "second");
		writes.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, "second");
		assertThat(this.store.calls()).containsExactly("flushAll[1]");
		assertThat(Reservations.take(writes, 3)).isNotNull();
	}

	@Test
	void writeThatReplacesOneOfAnOverlappedHoldComesBeforeLaterOnes() {
		PendingWrites writes = create(Specs.of("items").maxPending(3));
		PendingWrites.Hold first = writes.hold(List.of(1L), true);
		writes.offer(1L, "deferred");
		PendingWrites.Hold second = writes.hold(List.of(1L), true);
		writes.offer(1L, "later");
		PendingWrites.Hold third = writes.hold(List.of(1L), true);
		first.supersede((key) -> "first");
		second.supersede((key) -> "second");
		assertThat(writes.find(1L)).isEqualTo("later");
		assertThat(writes.size()).isEqualTo(2);
		third.release();
		writes.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, "later");
		assertThat(Reservations.take(writes, 3)).isNotNull();
	}

	@Test
	void nothingIsStoredAgainUnlessAnOverlappedHoldEndedWithAWrite() {
		PendingWrites writes = create(Specs.of("items").maxPending(2));
		PendingWrites.Hold first = writes.hold(List.of(1L), true);
		writes.offer(1L, "deferred");
		PendingWrites.Hold second = writes.hold(List.of(1L), true);
		first.release();
		second.supersede((key) -> "second");
		assertThat(writes.size()).isZero();
		assertThat(this.store.calls()).isEmpty();
		PendingWrites.Hold third = writes.hold(List.of(1L), true);
		writes.offer(1L, "deferred");
		third.supersede((key) -> "third");
		PendingWrites.Hold fourth = writes.hold(List.of(1L), true);
		fourth.supersede((key) -> "fourth");
		assertThat(writes.size()).isZero();
		assertThat(this.store.rows()).doesNotContainValue("fourth");
		assertThat(Reservations.take(writes, 2)).isNotNull();
	}

	@Test
	void writesBeforeAndDuringHoldsThatAreReleasedCoalesce() {
		PendingWrites writes = create(Specs.of("items").maxPending(10));
		writes.offer(1L, "first");
		PendingWrites.Hold first = writes.hold(List.of(1L), true);
		writes.offer(1L, "second");
		PendingWrites.Hold second = writes.hold(List.of(1L), true);
		writes.offer(1L, "third");
		assertThat(writes.size()).isEqualTo(3);
		first.release();
		second.release();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.calls()).containsExactly("flushAll[1]");
		assertThat(this.store.rows()).containsEntry(1L, "third");
		assertThat(Reservations.take(writes, 10)).isNotNull();
	}

	@Test
	void refusedWriteWhoseRetryMetAHoldIsTriedAgainAfterwards() throws Exception {
		PendingWrites writes = create(Specs.of("items").maxAttempts(10));
		CountDownLatch held = new CountDownLatch(1);
		AtomicInteger attempts = new AtomicInteger();
		this.store.beforeWrite((keys) -> {
			if (attempts.incrementAndGet() == 1) {
				awaitLatch(held);
				throw new DataIntegrityViolationException("refused");
			}
		});
		writes.offer(1L, "refused once");
		CompletableFuture<Void> flush = CompletableFuture.runAsync(() -> writes.flush(TIMEOUT.multipliedBy(6)));
		await().until(() -> attempts.get() == 1);
		AtomicReference<Thread> holder = new AtomicReference<>();
		CompletableFuture<PendingWrites.Hold> hold = CompletableFuture.supplyAsync(() -> {
			holder.set(Thread.currentThread());
			return writes.hold(List.of(1L), true);
		});
		await().until(() -> holder.get() != null && holder.get().getState() == Thread.State.TIMED_WAITING);
		held.countDown();
		hold.join();
		// The flusher meets the hold when the retry is due, some milliseconds from here
		await().pollDelay(Duration.ofMillis(200)).until(() -> attempts.get() == 1);
		hold.join().release();
		flush.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
		assertThat(this.store.rows()).containsEntry(1L, "refused once");
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
