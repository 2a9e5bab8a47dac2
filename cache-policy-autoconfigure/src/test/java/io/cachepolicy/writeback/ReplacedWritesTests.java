package io.cachepolicy.writeback;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.cachepolicy.writeback.PendingWrite.State;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for writers that replace a pending write while others look at it. A thread that
 * owns the monitor of the write stands for whoever comes first.
 */
class ReplacedWritesTests {

	private final TestedPending pending = new TestedPending(10, true);

	private final PendingWrite head;

	ReplacedWritesTests() {
		this.pending.tryReserve(2);
		this.pending.add(1L, "first", null, 0);
		PendingWrite head = this.pending.head(1L);
		assertThat(head).isNotNull();
		this.head = head;
	}

	/**
	 * Call something that has to wait for the monitor of the write, and do something else
	 * first.
	 * @param <T> the type of the result
	 * @param late has to wait
	 * @param first what is done under the monitor
	 * @return the result of what had to wait
	 * @throws Exception if it fails, or does not wait
	 */
	private <T> T callAfter(Supplier<T> late, Runnable first) throws Exception {
		CompletableFuture<T> result = new CompletableFuture<>();
		synchronized (this.head) {
			Thread caller = Executors.defaultThreadFactory().newThread(() -> result.complete(late.get()));
			caller.start();
			await().until(() -> caller.getState() == Thread.State.BLOCKED);
			first.run();
		}
		return result.get(10, TimeUnit.SECONDS);
	}

	private Claim claim() {
		Claim claim = this.pending.claim(this.head, 1);
		assertThat(claim).isNotNull();
		return claim;
	}

	@Test
	void claimHasTheValueOfAWriterThatCameFirst() throws Exception {
		Claim claim = callAfter(this::claim, () -> this.head.replace("second", null));
		assertThat(claim.value()).isEqualTo("second");
	}

	@Test
	void writerThatComesAfterAClaimIsChained() throws Exception {
		long coalesced = callAfter(() -> this.pending.coalesce(1L, "second", null), this::claim);
		assertThat(coalesced).isZero();
		assertThat(this.head.value()).isEqualTo("first");
		assertThat(this.pending.add(1L, "second", null, 0).kind()).isEqualTo(Accepted.Kind.CHAINED);
	}

	@Test
	void writerThatComesAfterItsWriteWasStoredIsNotLost() throws Exception {
		long coalesced = callAfter(() -> this.pending.coalesce(1L, "second", null),
				() -> this.pending.complete(claim()));
		assertThat(coalesced).isZero();
		assertThat(this.head.state()).isEqualTo(State.DONE);
		assertThat(this.pending.find(1L)).isNull();
	}

	@Test
	void writerThatComesAfterANewerWriteReplacesThatOne() throws Exception {
		long coalesced = callAfter(() -> this.pending.coalesce(1L, "third", null), () -> {
			Claim claim = claim();
			this.pending.add(1L, "second", null, 0);
			this.pending.complete(claim);
		});
		assertThat(coalesced).isEqualTo(2);
		assertThat(this.pending.find(1L)).isEqualTo("third");
	}

	@Test
	void writerThatComesAfterAHoldDoesNotReplaceWhatTheHoldMayDrop() throws Exception {
		long coalesced = callAfter(() -> this.pending.coalesce(1L, "second", null),
				() -> this.pending.hold(List.of(1L)));
		assertThat(coalesced).isZero();
		assertThat(this.pending.find(1L)).isEqualTo("first");
	}

	@Test
	void holderWaitsForAWriterThatCameFirst() throws Exception {
		this.pending.hold(List.of(1L));
		Object seen = callAfter(() -> {
			assertThat(this.pending.isInFlight(1L)).isFalse();
			return this.head.value();
		}, () -> this.head.replace("second", null));
		assertThat(seen).isEqualTo("second");
	}

}
