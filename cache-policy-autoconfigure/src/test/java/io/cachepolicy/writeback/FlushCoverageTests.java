package io.cachepolicy.writeback;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.FlushReport;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Reservations;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

/**
 * Tests for what makes writes due that would else wait for the flush interval, which is
 * ten minutes here.
 */
class FlushCoverageTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final FakeStore store = new FakeStore();

	private PendingWrites create(Specs specs) {
		PendingWrites.Listener listener = (PendingWrites.Listener) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { PendingWrites.Listener.class }, (proxy, method, args) -> null);
		return new WriteBackFactory(Clock.systemUTC()).create("items", specs.writeBack(), this.store, listener);
	}

	private CountDownLatch holdUpWritesOf(Object key) {
		CountDownLatch latch = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			if (keys.contains(key)) {
				awaitLatch(latch);
			}
		});
		return latch;
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void awaitStoreCall() {
		await().until(() -> !this.store.calls().isEmpty());
	}

	@Test
	void thresholdReachedDuringAFlushStartsAnother() {
		PendingWrites writes = create(Specs.of("items").flushThreshold(1));
		CountDownLatch latch = holdUpWritesOf(1L);
		writes.offer(1L, "first");
		awaitStoreCall();
		writes.offer(2L, "second");
		writes.offer(3L, "third");
		latch.countDown();
		await().atMost(TIMEOUT).until(() -> writes.size() == 0);
		assertThat(this.store.rows()).containsOnlyKeys(1L, 2L, 3L);
	}

	@Test
	void everythingIsDueWhileAWriterWaitsForRoom() throws Exception {
		PendingWrites writes = create(Specs.of("items").maxPending(4).overflow(Overflow.BLOCK, Duration.ofSeconds(60)));
		CountDownLatch latch = holdUpWritesOf(1L);
		writes.offer(1L, "first");
		writes.expedite(1L);
		awaitStoreCall();
		PendingWrites.Reservation reservation = writes
			.reserve(Map.of(2L, "behind the first", 3L, "behind the first", 4L, "behind the first"), true);
		assertThat(reservation).isNotNull();
		AtomicReference<Thread> thread = new AtomicReference<>();
		CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
			thread.set(Thread.currentThread());
			return Reservations.take(writes, 2) != null;
		});
		await().until(() -> thread.get() != null && thread.get().getState() == Thread.State.TIMED_WAITING);
		for (long key = 2; key <= 4; key++) {
			reservation.accept(key, "behind the first");
		}
		latch.countDown();
		assertThat(waiting.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void writeThatIsQueuedBehindTheMarkerOfARequestThatCoversItIsKnownToBeDue() {
		TestedPending pending = new TestedPending(10, true);
		FlushRequests requests = new FlushRequests(pending.parts());
		assertThat(pending.tryReserve(3)).isTrue();
		pending.add(1L, "in flight", null, System.nanoTime());
		Claim claim = pending.claim(Objects.requireNonNull(pending.peek()), 0);
		pending.add(1L, "waits behind", null, System.nanoTime());
		PendingWrite next = pending.complete(Objects.requireNonNull(claim));
		requests.add();
		pending.enqueue(Objects.requireNonNull(next));
		assertThat(requests.cover(next)).isTrue();
		assertThat(requests.coverKey(1L)).isTrue();
		pending.add(2L, "later", null, System.nanoTime());
		assertThat(requests.coverKey(2L)).isFalse();
	}

	@Test
	void writeThatWaitedLongBehindAnotherOneOfItsKeyIsDue() {
		TestedPending pending = new TestedPending(10, true);
		DueWrites due = new DueWrites(pending.parts(), new FlushRequests(pending.parts()),
				Specs.of("items").writeBack(), mock(FlushOrder.class), new Availability(FlushListener.NONE));
		long old = System.nanoTime() - Duration.ofHours(1).toNanos();
		assertThat(pending.tryReserve(4)).isTrue();
		for (long key = 1; key <= 2; key++) {
			pending.add(key, "in flight", null, old);
			Claim claim = pending.claim(Objects.requireNonNull(pending.head(key)), 0);
			pending.add(key, "waits behind", null, (key == 1) ? old : System.nanoTime());
			due.next(Objects.requireNonNull(pending.complete(Objects.requireNonNull(claim))));
		}
		assertThat(pending.pollUrgent()).isEqualTo(1L);
		assertThat(pending.pollUrgent()).isNull();
	}

	/**
	 * By chance: the write has to get its number before the flush, and its place in the
	 * queue after it.
	 */
	@Test
	void flushDoesNotWaitForTheIntervalOfAWriteThatIsBeingAccepted() throws Exception {
		PendingWrites writes = create(Specs.of("items").batchSize(1));
		CyclicBarrier barrier = new CyclicBarrier(2);
		int rounds = Integer.getInteger("cache-policy.rounds", 2_000);
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
			for (long round = 0; round < rounds; round++) {
				awaitBarrier(barrier);
				writes.offer(round, "value");
			}
		});
		for (int round = 0; round < rounds; round++) {
			awaitBarrier(barrier);
			FlushReport report = writes.flush(TIMEOUT);
			assertThat(report.remaining()).as("round %d", round).isZero();
		}
		writer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
	}

	private static void awaitBarrier(CyclicBarrier barrier) {
		try {
			barrier.await(30, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void keyExpeditedOftenDuringAnOutageIsKeptOnce() {
		TestedPending pending = new TestedPending(10, true);
		assertThat(pending.tryReserve(1)).isTrue();
		pending.add(1L, "value", null, System.nanoTime());
		for (int i = 0; i < 1000; i++) {
			assertThat(pending.expedite(1L)).isTrue();
		}
		assertThat(pending.pollUrgent()).isEqualTo(1L);
		assertThat(pending.hasUrgent()).isFalse();
		assertThat(pending.expedite(1L)).isTrue();
		assertThat(pending.pollUrgent()).isEqualTo(1L);
	}

	@Test
	void valueThatOverflowsTheStackIsRefusedAndDoesNotStopTheOthers() {
		PendingWrites writes = create(Specs.of("items"));
		this.store.beforeWrite((keys) -> {
			if (keys.contains(1L)) {
				throw new StackOverflowError();
			}
		});
		writes.offer(1L, "nested without end");
		writes.offer(2L, "good");
		FlushReport report = writes.flush(TIMEOUT);
		assertThat(report.written()).isOne();
		assertThat(report.failed()).isOne();
		assertThat(writes.deadLetters()).hasSize(1);
	}

}
