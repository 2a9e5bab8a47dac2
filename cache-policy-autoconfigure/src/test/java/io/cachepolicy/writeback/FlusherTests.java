package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.cache.WriteBackSpec;
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

	/**
	 * The flusher found an empty queue and is about to park without a limit.
	 */
	@Test
	void writeThatIsQueuedBetweenTheLookAndTheParkIsSeen() {
		WriteBackSpec spec = Specs.of("items").flushInterval(Duration.ofMillis(20)).writeBack();
		PendingWrites pending = new PendingWrites(10, true);
		FlushRequests requests = new FlushRequests(pending);
		Availability availability = mock(Availability.class);
		AtomicReference<@Nullable Thread> leader = new AtomicReference<>();
		given(availability.nanosUntilCall(anyLong(), anyBoolean())).will((call) -> {
			if (leader.getAndSet(Thread.currentThread()) == null) {
				pending.tryReserve(1);
				pending.add("k", "value", null, System.nanoTime());
			}
			return 0L;
		});
		BatchWriter writer = mock(BatchWriter.class);
		CountDownLatch written = new CountDownLatch(1);
		willAnswer((call) -> {
			written.countDown();
			return null;
		}).given(writer).write(any(), any());
		Flusher flusher = new Flusher("items", pending, requests,
				new DueWrites(pending, requests, spec, mock(RowOrder.class)), writer, availability,
				new WriteBacks(FlushListener.NONE), spec, FlushListener.NONE);
		flusher.onQueued();
		await().until(() -> isParked(leader.get()));
		// The writer goes on, after it had put the write in the queue
		flusher.onQueued();
		AbstractWriteBackTests.awaitLatch(written);
		flusher.abandon();
	}

	private static boolean isParked(@Nullable Thread thread) {
		return thread != null
				&& (thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
	}

}
