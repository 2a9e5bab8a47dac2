package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.cache.DeferredWrites;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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

	private DeferredWrites create(Specs specs) {
		return new WriteBackFactory(Clock.systemUTC()).create("items", specs.writeBack(), this.store,
				new IgnoringListener());
	}

	@Test
	void refusedWriteWhoseRetryMetAHoldIsTriedAgainAfterwards() throws Exception {
		DeferredWrites writes = create(Specs.of("items").maxAttempts(10));
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
		CompletableFuture<DeferredWrites.Hold> hold = CompletableFuture.supplyAsync(() -> {
			holder.set(Thread.currentThread());
			return writes.hold(List.of(1L));
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

	private static final class IgnoringListener implements DeferredWrites.Listener {

		@Override
		public void onWritten(Object key, Object value, @Nullable Object stored) {
		}

		@Override
		public void onDeadLetter(Object key) {
		}

		@Override
		public void onStoreChanged() {
		}

	}

}
