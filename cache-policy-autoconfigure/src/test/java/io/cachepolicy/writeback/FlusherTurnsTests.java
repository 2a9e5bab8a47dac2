package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link Flusher}: how its threads begin and end, and what they do with a turn.
 */
@ExtendWith(OutputCaptureExtension.class)
class FlusherTurnsTests {

	private static final Duration TIMEOUT = AbstractWriteBackTests.TIMEOUT;

	private static final String THREAD = "cache-policy-flush-turns";

	private static final long TURN = 7;

	private final TestedPending pending = new TestedPending(10, true);

	private final Availability availability = mock(Availability.class);

	private final FlushOrder order = mock(FlushOrder.class);

	private final FlushPeers all = new FlushPeers(FlushListener.NONE);

	/**
	 * How many turns were left.
	 */
	private final AtomicInteger left = new AtomicInteger();

	private final CountDownLatch written = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	/**
	 * Run by a call of the store.
	 */
	private volatile BiConsumer<List<Claim>, ReturnedWrites> onWrite = (batch, after) -> {
	};

	private Flusher flusher = create(1, FlushListener.NONE);

	private Flusher create(int threads, FlushListener listener) {
		FlushRequests requests = new FlushRequests(this.pending.parts());
		BatchWriter writer = mock(BatchWriter.class);
		Availability store = new Availability(FlushListener.NONE);
		willAnswer((call) -> {
			this.written.countDown();
			this.onWrite.accept(call.getArgument(0), call.getArgument(2));
			return BatchReport.unknown(1);
		}).given(writer).write(any(), any(), any());
		Specs specs = Specs.of("turns").flushThreads(threads);
		return new Flusher("turns", this.pending.room(), requests,
				new DueWrites(this.pending.parts(), requests, specs.writeBack(), this.order, store), writer,
				this.availability, store, new DeadLetters(10, () -> {
				}), this.all, this.pending.parts().turns(), specs.writeBack(), listener);
	}

	@BeforeEach
	void giveTurns() {
		given(this.availability.enter(anyLong(), anyBoolean())).willReturn(TURN);
		willAnswer((call) -> this.left.incrementAndGet()).given(this.availability).leave(TURN);
	}

	@AfterEach
	void end() {
		this.release.countDown();
		this.flusher.abandon();
		await().until(() -> threads().isEmpty());
	}

	private static List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(THREAD))
			.toList();
	}

	private static boolean isIn(Thread thread, String method) {
		return Arrays.stream(thread.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals(Flusher.class.getName())
					&& frame.getMethodName().equals(method));
	}

	private static boolean isParkedIn(Thread thread, String method) {
		return thread.getState() == Thread.State.TIMED_WAITING && isIn(thread, method);
	}

	private PendingWrite addUrgent(Object key) {
		assertThat(this.pending.tryReserve(1)).isTrue();
		this.pending.add(key, "value", null, System.nanoTime());
		this.pending.expedite(key);
		return Objects.requireNonNull(this.pending.head(key));
	}

	/**
	 * Let the flusher call a store that does not answer.
	 */
	private void callSlowStore() {
		this.onWrite = (batch, after) -> AbstractWriteBackTests.awaitLatch(this.release);
		addUrgent("k");
		this.flusher.onQueued();
		AbstractWriteBackTests.awaitLatch(this.written);
	}

	@Test
	@DisplayName("a thread is named after the cache that it serves, and keeps no application from ending")
	void threadIsNamedAfterItsCache() {
		assertThat(threads()).isEmpty();
		callSlowStore();
		assertThat(threads()).singleElement().satisfies((thread) -> {
			assertThat(thread.getName()).isEqualTo(THREAD);
			assertThat(thread.isDaemon()).isTrue();
		});
	}

	@Test
	@DisplayName("G4: no thread waits for a write that is due later")
	void noThreadIsKeptUntilAWriteIsDue() {
		assertThat(this.pending.tryReserve(1)).isTrue();
		this.pending.add("k", "value", null, System.nanoTime());
		this.flusher.onQueued();
		verify(this.availability, timeout(TIMEOUT.toMillis())).nanosUntilCall(anyLong(), anyBoolean());
		await().until(() -> threads().isEmpty());
		assertThat(this.written.getCount()).isOne();
	}

	@Test
	void openedFlusherWaitsForTheFirstWrite() {
		this.flusher.onQueued();
		this.flusher.close();
		await().until(() -> threads().isEmpty());
		this.flusher.open();
		await().until(() -> threads().isEmpty());
		addUrgent("k");
		this.flusher.onQueued();
		AbstractWriteBackTests.awaitLatch(this.written);
	}

	@Test
	@DisplayName("what a drain left behind is flushed when the cache is opened again")
	void openedFlusherFlushesWhatIsPending() {
		this.flusher.onQueued();
		this.flusher.abandon();
		this.flusher.awaitEnd(TIMEOUT.toNanos());
		addUrgent("k");
		this.flusher.open();
		AbstractWriteBackTests.awaitLatch(this.written);
	}

	@Test
	void endOfACallThatTakesTooLongIsNotAwaited() {
		callSlowStore();
		this.flusher.abandon();
		CompletableFuture<Void> end = CompletableFuture
			.runAsync(() -> this.flusher.awaitEnd(TimeUnit.MILLISECONDS.toNanos(20)));
		assertThat(end).succeedsWithin(TIMEOUT);
		assertThat(threads()).hasSize(1);
	}

	@Test
	void threadThatIsInterruptedWhileItAwaitsTheEndKeepsTheFlag() {
		callSlowStore();
		Thread.currentThread().interrupt();
		this.flusher.awaitEnd(TIMEOUT.toNanos());
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	@DisplayName("F1: a turn is given back if there is nothing to call the store for")
	void turnWithoutABatchIsLeft() {
		this.pending.hold(List.of("held"));
		addUrgent("held");
		this.flusher.onQueued();
		await().until(() -> this.left.get() == 1);
		assertThat(this.written.getCount()).isOne();
	}

	@Test
	@DisplayName("F1: a turn ends with the call of the store, however that ends")
	void turnEndsWithTheCall() {
		AtomicInteger leftBefore = new AtomicInteger(-1);
		this.onWrite = (batch, after) -> {
			leftBefore.set(this.left.get());
			throw new IllegalStateException("unexpected");
		};
		addUrgent("k");
		this.flusher.onQueued();
		await().until(() -> this.left.get() == 1);
		assertThat(leftBefore).hasValue(0);
		verify(this.availability, never()).answered(anyLong());
	}

	@Test
	@DisplayName("J5: caches whose rows wait for others are told when something was stored")
	void waitingCachesAreSignalled() {
		FlushPeer other = mock(FlushPeer.class);
		FlushPeer waiting = mock(FlushPeer.class);
		given(waiting.isWaiting()).willReturn(true);
		this.all.add(other, this.availability);
		this.all.add(waiting, this.availability);
		addUrgent("k");
		this.flusher.onQueued();
		verify(waiting, timeout(TIMEOUT.toMillis())).signal();
		verify(other, never()).signal();
	}

	@Test
	void flusherTellsWhetherItWaitsForOthers() {
		Prerequisite condition = mock(Prerequisite.class);
		given(condition.concerns(any())).willReturn(true);
		given(this.order.ofPut(any(), any(), any())).willReturn(condition);
		verify(this.order, never()).waiting(true);
		addUrgent("k");
		this.flusher.onQueued();
		verify(this.order, timeout(TIMEOUT.toMillis()).atLeastOnce()).waiting(true);
	}

	@Test
	@DisplayName("W6: a flusher that fails again and again rests in between")
	void flusherRestsAfterAnUnexpectedFailure() {
		given(this.availability.nanosUntilCall(anyLong(), anyBoolean()))
			.willThrow(new IllegalStateException("unexpected"));
		this.flusher.onQueued();
		await().pollInterval(Duration.ofMillis(5))
			.until(() -> threads().stream().anyMatch((thread) -> isParkedIn(thread, "rest")));
	}

	@Test
	@DisplayName("a write that is given back is tried again by another thread, as the rest of its batch may take long")
	void writeThatIsGivenBackIsLeftToAnotherThread() {
		this.flusher = create(2, FlushListener.NONE);
		PendingWrite write = addUrgent("k");
		CountDownLatch again = new CountDownLatch(2);
		this.onWrite = (batch, after) -> {
			again.countDown();
			if (again.getCount() == 1) {
				this.pending.giveBack(batch.get(0));
				after.untried(List.of(write));
				AbstractWriteBackTests.awaitLatch(this.release);
			}
		};
		this.flusher.onQueued();
		AbstractWriteBackTests.awaitLatch(again);
	}

	@Test
	@DisplayName("W6: a listener that fails is reported, and the flush goes on as if it was not there")
	void listenerThatFailsIsReported(CapturedOutput output) {
		this.flusher = create(1, new FlushListener() {

			@Override
			public Flush begin(String cacheName, List<WriteContext> contexts) {
				throw new IllegalStateException("no observation");
			}

		});
		addUrgent("k");
		this.flusher.onQueued();
		AbstractWriteBackTests.awaitLatch(this.written);
		this.flusher.abandon();
		this.flusher.awaitEnd(TIMEOUT.toNanos());
		assertThat(output).contains("could not be observed", IllegalStateException.class.getName())
			.doesNotContain("failed unexpectedly");
	}

}
