package io.cachepolicy.writeback;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.cachepolicy.FlushReport;
import io.cachepolicy.writeback.FlushRequests.Request;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class FlushRequestsTests {

	private static final long LONG = TimeUnit.SECONDS.toNanos(60);

	private final TestedPending pending = new TestedPending(10, true);

	private final FlushRequests requests = new FlushRequests(this.pending.parts());

	private PendingWrite write(Object key) {
		assertThat(this.pending.tryReserve(1)).isTrue();
		this.pending.add(key, "value", null, 0);
		PendingWrite write = this.pending.head(key);
		assertThat(write).isNotNull();
		return write;
	}

	private Claim claim(PendingWrite write) {
		Claim claim = this.pending.claim(write, write.sequence());
		assertThat(claim).isNotNull();
		return claim;
	}

	private static <T> CompletableFuture<T> waiting(Supplier<T> action) {
		AtomicReference<Thread> thread = new AtomicReference<>();
		CompletableFuture<T> result = CompletableFuture.supplyAsync(() -> {
			thread.set(Thread.currentThread());
			return action.get();
		});
		await().until(() -> thread.get() != null && thread.get().getState() == Thread.State.TIMED_WAITING);
		return result;
	}

	private static <T> T get(CompletableFuture<T> future) throws Exception {
		return future.get(30, TimeUnit.SECONDS);
	}

	@Test
	void requestCoversWhatWasAcceptedBefore() {
		PendingWrite before = write(1L);
		assertThat(this.requests.cover(before)).isFalse();
		assertThat(this.requests.coverKey(1L)).isFalse();
		this.requests.add();
		PendingWrite later = write(2L);
		assertThat(this.pending.hasMarkers()).isTrue();
		assertThat(this.requests.cover(before)).isTrue();
		assertThat(this.requests.coverKey(1L)).isTrue();
		assertThat(this.requests.cover(later)).isFalse();
		assertThat(this.requests.coverKey(2L)).isFalse();
		assertThat(this.requests.coverKey(3L)).isFalse();
	}

	@Test
	void awaitCountsWhatWasCoveredAndForgetsTheRequest() {
		PendingWrite written = write(1L);
		PendingWrite failed = write(2L);
		PendingWrite remaining = write(3L);
		Request request = this.requests.add();
		PendingWrite later = write(4L);
		for (PendingWrite write : List.of(written, later)) {
			this.requests.written(write);
			this.pending.complete(claim(write));
		}
		this.requests.failed(failed);
		this.requests.failed(later);
		this.pending.complete(claim(failed));
		assertThat(this.requests.await(request, 1)).isEqualTo(new FlushReport(1, 1, 1));
		assertThat(this.requests.cover(remaining)).isFalse();
	}

	@Test
	void awaitEndsWhenNothingCoveredIsPending() throws Exception {
		PendingWrite write = write(1L);
		Request request = this.requests.add();
		write(2L);
		CompletableFuture<FlushReport> report = waiting(() -> this.requests.await(request, LONG));
		this.requests.written(write);
		this.pending.complete(claim(write));
		this.requests.signal();
		assertThat(get(report)).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	void awaitOfAnInterruptedThreadEndsAndKeepsTheFlag() throws Exception {
		write(1L);
		Request request = this.requests.add();
		CompletableFuture<Boolean> interrupted = CompletableFuture.supplyAsync(() -> {
			Thread.currentThread().interrupt();
			this.requests.await(request, LONG);
			return Thread.interrupted();
		});
		assertThat(get(interrupted)).isTrue();
	}

	@Test
	void awaitIdleWaitsForReservationsToo() throws Exception {
		this.pending.tryReserve(1);
		CompletableFuture<Boolean> idle = waiting(() -> {
			this.requests.awaitIdle(LONG);
			return this.pending.isIdle();
		});
		assertThat(idle).isNotDone();
		this.pending.release(1);
		assertThat(get(idle)).isTrue();
	}

	@Test
	void awaitIdleEndsAfterItsTime() throws Exception {
		this.pending.tryReserve(1);
		CompletableFuture<Void> idle = CompletableFuture
			.runAsync(() -> this.requests.awaitIdle(TimeUnit.MILLISECONDS.toNanos(120)));
		get(idle);
		assertThat(this.pending.isIdle()).isFalse();
	}

	@Test
	void awaitLandedWaitsForKeysInFlightOnly() throws Exception {
		write(1L);
		Claim claim = claim(write(2L));
		assertThat(this.requests.awaitLanded(List.of(1L, 3L), 0)).isTrue();
		assertThat(this.requests.awaitLanded(List.of(1L, 2L), 0)).isFalse();
		CompletableFuture<Boolean> landed = waiting(() -> this.requests.awaitLanded(List.of(1L, 2L), LONG));
		this.pending.complete(claim);
		this.requests.signal();
		assertThat(get(landed)).isTrue();
	}

	@Test
	void requestOfAllCoversWhatIsAcceptedLaterUntilItIsEnded() {
		Request request = this.requests.addAll();
		assertThat(this.pending.hasMarkers()).isTrue();
		PendingWrite later = write(1L);
		assertThat(this.requests.cover(later)).isTrue();
		this.requests.end(request);
		assertThat(this.requests.cover(later)).isFalse();
	}

	@Test
	void nothingIsPendingAfterTheLastWriteWasCompleted() {
		assertThat(this.requests.isNothingPending()).isTrue();
		PendingWrite write = write(1L);
		assertThat(this.requests.isNothingPending()).isFalse();
		this.pending.complete(claim(write));
		assertThat(this.requests.isNothingPending()).isTrue();
	}

	@Test
	void atOnceLetsNobodyWhoWaitsGoOnInBetween() throws Exception {
		PendingWrite write = write(1L);
		Request request = this.requests.add();
		CompletableFuture<FlushReport> report = waiting(() -> this.requests.await(request, LONG));
		this.requests.atOnce(() -> {
			this.pending.complete(claim(write));
			this.requests.signal();
			// Longer than who waits sleeps before looking again
			await().during(200, TimeUnit.MILLISECONDS).until(() -> !report.isDone());
		});
		assertThat(get(report).remaining()).isZero();
	}

	@Test
	void lockIsFreeAfterEachCall() throws Exception {
		PendingWrite write = write(1L);
		Request request = this.requests.add();
		this.requests.written(write);
		this.requests.end(request);
		this.requests.isNothingPending();
		this.requests.atOnce(() -> {
		});
		Claim claim = claim(write);
		this.requests.awaitLanded(List.of(1L), 1);
		this.requests.await(request, 1);
		this.requests.awaitIdle(1);
		this.pending.complete(claim);
		get(CompletableFuture.runAsync(this.requests::signal));
	}

}
