package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Flusher}: what happens between its looks at the pending writes.
 */
class FlusherTests {

	private final CountDownLatch written = new CountDownLatch(1);

	/**
	 * The flusher found an empty queue and is about to sleep without a limit.
	 */
	@Test
	void writeThatIsQueuedBetweenTheLookAndTheSleepIsSeen() {
		WriteBackSpec spec = Specs.of("items").flushInterval(Duration.ofMillis(20)).writeBack();
		TestedPending pending = new TestedPending(10, true);
		Availability availability = mock(Availability.class);
		AtomicReference<@Nullable Thread> leader = new AtomicReference<>();
		given(availability.nanosUntilCall(anyLong(), anyBoolean())).will((call) -> {
			if (leader.getAndSet(Thread.currentThread()) == null) {
				pending.tryReserve(1);
				pending.add("k", "value", null, System.nanoTime());
			}
			return 0L;
		});
		Flusher flusher = create(spec, pending, availability);
		flusher.onQueued();
		await().until(() -> isReady(leader.get()));
		// The writer goes on, after it had put the write in the queue
		flusher.onQueued();
		AbstractWriteBackTests.awaitLatch(this.written);
		flusher.abandon();
	}

	/**
	 * The flusher has found nothing that is due, and is about to go to sleep.
	 */
	@Test
	void signalBetweenTheLookAndTheSleepIsSeen() {
		TestedPending pending = new TestedPending(10, true);
		Availability availability = mock(Availability.class);
		AtomicReference<@Nullable Flusher> started = new AtomicReference<>();
		AtomicBoolean first = new AtomicBoolean(true);
		given(availability.nanosUntilCall(anyLong(), anyBoolean())).will((call) -> {
			if (first.getAndSet(false)) {
				pending.tryReserve(1);
				pending.add("k", "value", null, System.nanoTime());
				pending.expedite("k");
				Objects.requireNonNull(started.get()).signal();
			}
			return 0L;
		});
		Flusher flusher = create(Specs.of("items").writeBack(), pending, availability);
		started.set(flusher);
		flusher.onQueued();
		AbstractWriteBackTests.awaitLatch(this.written);
		flusher.abandon();
	}

	private Flusher create(WriteBackSpec spec, TestedPending pending, Availability availability) {
		FlushRequests requests = new FlushRequests(pending.parts());
		BatchWriter writer = mock(BatchWriter.class);
		Availability store = new Availability(FlushListener.NONE);
		willAnswer((call) -> {
			this.written.countDown();
			return BatchReport.unknown(1);
		}).given(writer).write(any(), any(), any());
		return new Flusher("items", pending.room(), requests,
				new DueWrites(pending.parts(), requests, spec, mock(FlushOrder.class), store), writer, availability,
				store, new DeadLetters(10, () -> {
				}), new FlushPeers(FlushListener.NONE), pending.parts().turns(), spec, FlushListener.NONE);
	}

	private static boolean isReady(@Nullable Thread thread) {
		return thread != null && !thread.getName().endsWith("-items");
	}

}
