package io.cachepolicy.writeback;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.writeback.Accepted.Kind;
import io.cachepolicy.writeback.PendingWrite.State;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what {@link WriteChains} do in one thread.
 */
class WriteChainsTests {

	private static final int ROOM = 5;

	private final TestedPending coalescing = new TestedPending(ROOM, true);

	private final TestedPending chained = new TestedPending(ROOM, false);

	private static Kind write(TestedPending pending, Object key, Object value) {
		assertThat(pending.tryReserve(1)).isTrue();
		return pending.add(key, value, null, 0).kind();
	}

	private static PendingWrite head(TestedPending pending, Object key) {
		PendingWrite head = pending.head(key);
		assertThat(head).isNotNull();
		return head;
	}

	private static Claim claim(TestedPending pending, Object key) {
		Claim claim = tryClaim(pending, key);
		assertThat(claim).isNotNull();
		return claim;
	}

	private static @Nullable Claim tryClaim(TestedPending pending, Object key) {
		PendingWrite head = head(pending, key);
		return pending.claim(head, head.sequence());
	}

	@Test
	void reserveTakesRoomUntilItIsReleased() {
		assertThat(this.coalescing.maxPending()).isEqualTo(ROOM);
		assertThat(this.coalescing.isIdle()).isTrue();
		assertThat(this.coalescing.tryReserve(3)).isTrue();
		assertThat(this.coalescing.taken()).isEqualTo(3);
		assertThat(this.coalescing.isIdle()).isFalse();
		assertThat(this.coalescing.tryReserve(3)).isFalse();
		assertThat(this.coalescing.taken()).isEqualTo(3);
		this.coalescing.release(3);
		assertThat(this.coalescing.isIdle()).isTrue();
		assertThat(this.coalescing.size()).isZero();
	}

	@Test
	void writesThatWereTakenElsewhereDoNotStayInTheQueue() {
		TestedPending pending = new TestedPending(100, true);
		write(pending, "front", "waits for its time");
		for (int i = 0; i < 10_000; i++) {
			write(pending, i, "value");
			if (i % 2 == 0) {
				pending.expedite(i);
				assertThat(pending.pollUrgent()).isEqualTo(i);
				pending.complete(claim(pending, i));
			}
			else {
				pending.drop(i, pending.lastSequence(), () -> null, null);
			}
			assertThat(pending.peek()).isEqualTo(pending.head("front"));
		}
		assertThat(pending.queued()).isLessThan(2000);
	}

	@Test
	void reserveThatWaitsSaysSoUntilThereIsRoom() throws Exception {
		assertThat(this.coalescing.tryReserve(ROOM)).isTrue();
		AtomicBoolean blocked = new AtomicBoolean();
		CompletableFuture<Boolean> reserved = CompletableFuture.supplyAsync(() -> {
			try {
				return this.coalescing.tryReserve(1, TimeUnit.SECONDS.toNanos(30),
						() -> blocked.set(this.coalescing.hasBlocked()));
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		await().until(this.coalescing::hasBlocked);
		assertThat(reserved).isNotDone();
		this.coalescing.release(1);
		assertThat(reserved.get(30, TimeUnit.SECONDS)).isTrue();
		assertThat(blocked).isTrue();
		assertThat(this.coalescing.hasBlocked()).isFalse();
		assertThat(this.coalescing.taken()).isEqualTo(ROOM);
	}

	@Test
	void reserveThatWaitsInVainTakesNoRoom() throws Exception {
		assertThat(this.coalescing.tryReserve(ROOM)).isTrue();
		assertThat(this.coalescing.tryReserve(1, 1, () -> {
		})).isFalse();
		assertThat(this.coalescing.hasBlocked()).isFalse();
		assertThat(this.coalescing.taken()).isEqualTo(ROOM);
	}

	private static Attempts attempted() {
		return Attempts.none(Specs.of("items").writeBack().retry()).failed(Instant.EPOCH, 0, 0, true, true, null);
	}

	@Test
	void addWhileAWriteWaitsCoalesces() {
		assertThat(write(this.coalescing, 1L, "first")).isEqualTo(Kind.QUEUED);
		head(this.coalescing, 1L).attempts(attempted());
		assertThat(write(this.coalescing, 1L, "second")).isEqualTo(Kind.COALESCED);
		assertThat(this.coalescing.find(1L)).isEqualTo("second");
		assertThat(head(this.coalescing, 1L).attempts()).extracting(Attempts::count).isEqualTo(0);
		assertThat(this.coalescing.size()).isOne();
		assertThat(this.coalescing.taken()).isOne();
		assertThat(this.coalescing.lastSequence()).isOne();
	}

	@Test
	void addWhileAWriteIsInFlightIsChained() {
		write(this.coalescing, 1L, "first");
		Claim claim = claim(this.coalescing, 1L);
		assertThat(write(this.coalescing, 1L, "second")).isEqualTo(Kind.CHAINED);
		assertThat(claim.value()).isEqualTo("first");
		assertThat(this.coalescing.find(1L)).isEqualTo("second");
		assertThat(write(this.coalescing, 1L, "third")).isEqualTo(Kind.COALESCED);
		assertThat(this.coalescing.size()).isEqualTo(2);
		assertThat(this.coalescing.taken()).isEqualTo(2);
		PendingWrite next = this.coalescing.complete(claim);
		assertThat(next).isNotNull().isSameAs(this.coalescing.head(1L));
		assertThat(next.value()).isEqualTo("third");
		assertThat(this.coalescing.taken()).isOne();
		assertThat(this.coalescing.complete(claim(this.coalescing, 1L))).isNull();
		assertThat(this.coalescing.find(1L)).isNull();
		assertThat(this.coalescing.isIdle()).isTrue();
	}

	@Test
	void addIsChainedIfWritesDoNotCoalesce() {
		assertThat(this.coalescing.isCoalescing()).isTrue();
		assertThat(this.chained.isCoalescing()).isFalse();
		assertThat(write(this.chained, 1L, "first")).isEqualTo(Kind.QUEUED);
		assertThat(write(this.chained, 1L, "second")).isEqualTo(Kind.CHAINED);
		assertThat(this.chained.find(1L)).isEqualTo("second");
		Claim claim = claim(this.chained, 1L);
		assertThat(claim.value()).isEqualTo("first");
		assertThat(claim.write().newer()).isNotNull();
		assertThat(this.chained.size()).isEqualTo(2);
	}

	@Test
	void coalesceNeedsAWriteThatWaits() {
		assertThat(this.coalescing.coalesce(1L, "first", null)).isZero();
		assertThat(this.coalescing.find(1L)).isNull();
		write(this.coalescing, 1L, "first");
		assertThat(this.coalescing.coalesce(1L, "second", null)).isOne();
		assertThat(this.coalescing.find(1L)).isEqualTo("second");
		claim(this.coalescing, 1L);
		assertThat(this.coalescing.coalesce(1L, "third", null)).isZero();
		assertThat(this.coalescing.find(1L)).isEqualTo("second");
		assertThat(this.coalescing.taken()).isOne();
	}

	@Test
	void writesKeepTheContextOfTheLastWriter() {
		WriteContext first = Runnable::run;
		WriteContext second = Runnable::run;
		this.coalescing.tryReserve(1);
		this.coalescing.add(1L, "first", first, 7);
		assertThat(head(this.coalescing, 1L).since()).isEqualTo(7);
		this.coalescing.coalesce(1L, "second", second);
		Claim claim = claim(this.coalescing, 1L);
		assertThat(claim.context()).isSameAs(second);
		assertThat(claim.position()).isEqualTo(claim.write().sequence());
	}

	@Test
	void claimTellsPutsFromDeletes() {
		write(this.coalescing, 1L, "value");
		write(this.coalescing, 2L, Absent.VALUE);
		assertThat(head(this.coalescing, 1L).isDelete()).isFalse();
		assertThat(head(this.coalescing, 2L).isDelete()).isTrue();
		assertThat(claim(this.coalescing, 1L).isDelete()).isFalse();
		assertThat(claim(this.coalescing, 2L).isDelete()).isTrue();
	}

	@Test
	void claimIsGivenOnceUntilItEnds() {
		write(this.coalescing, 1L, "value");
		Claim claim = claim(this.coalescing, 1L);
		assertThat(this.coalescing.isInFlight(1L)).isTrue();
		assertThat(this.coalescing.isInFlight(2L)).isFalse();
		assertThat(tryClaim(this.coalescing, 1L)).isNull();
		this.coalescing.giveBack(claim);
		assertThat(this.coalescing.isInFlight(1L)).isFalse();
		this.coalescing.complete(claim(this.coalescing, 1L));
		assertThat(claim.write().state()).isEqualTo(State.DONE);
		assertThat(this.coalescing.claim(claim.write(), 1)).isNull();
	}

	@Test
	void claimKnowsThatItHasEnded() {
		write(this.coalescing, 1L, "value");
		Claim first = claim(this.coalescing, 1L);
		assertThat(first.hasEnded()).isFalse();
		this.coalescing.giveBack(first);
		assertThat(first.hasEnded()).isTrue();
		Claim second = claim(this.coalescing, 1L);
		second.position(7);
		assertThat(second.position()).isEqualTo(7);
		this.coalescing.complete(second);
		assertThat(second.hasEnded()).isTrue();
	}

	@Test
	void acceptedHasTheSequenceNumberOfTheWriteThatHasItsValue() {
		this.coalescing.tryReserve(3);
		assertThat(this.coalescing.add(1L, "first", null, 0)).isEqualTo(new Accepted(Kind.QUEUED, 1));
		assertThat(this.coalescing.add(1L, "second", null, 0)).isEqualTo(new Accepted(Kind.COALESCED, 1));
		claim(this.coalescing, 1L);
		assertThat(this.coalescing.add(1L, "third", null, 0)).isEqualTo(new Accepted(Kind.CHAINED, 2));
	}

	@Test
	void oldestAgeIsThatOfTheOldestWriteOfAnyKey() {
		assertThat(this.coalescing.oldestAge(100)).isZero();
		this.coalescing.tryReserve(2);
		this.coalescing.add(1L, "first", null, 10);
		this.coalescing.add(2L, "second", null, 30);
		assertThat(this.coalescing.oldestAge(100)).isEqualTo(Duration.ofNanos(90));
		this.coalescing.complete(claim(this.coalescing, 1L));
		assertThat(this.coalescing.oldestAge(100)).isEqualTo(Duration.ofNanos(70));
	}

	@Test
	void claimIsForTheOldestWriteOnly() {
		write(this.chained, 1L, "first");
		write(this.chained, 1L, "second");
		PendingWrite second = head(this.chained, 1L).newest();
		assertThat(this.chained.claim(second, 1)).isNull();
		assertThat(second.state()).isEqualTo(State.WAITING);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void giveBackLetsNewerWritesTakeThePlaceIfTheyCoalesce(boolean coalesce) {
		TestedPending pending = (coalesce) ? this.coalescing : this.chained;
		write(pending, 1L, "first");
		Claim claim = claim(pending, 1L);
		claim.write().attempts(attempted());
		write(pending, 1L, "second");
		PendingWrite second = claim.write().newest();
		pending.giveBack(claim);
		assertThat(pending.head(1L)).isSameAs(claim.write());
		assertThat(pending.find(1L)).isEqualTo("second");
		assertThat(claim.write().state()).isEqualTo(State.WAITING);
		assertThat(claim.write().value()).isEqualTo(coalesce ? "second" : "first");
		assertThat(claim.write().newer()).isSameAs(coalesce ? null : second);
		assertThat(claim.write().attempts()).extracting(Attempts::count).isEqualTo(coalesce ? 0 : 1);
		assertThat(second.state()).isEqualTo(coalesce ? State.MERGED : State.WAITING);
		assertThat(pending.size()).isEqualTo(coalesce ? 1 : 2);
		assertThat(pending.taken()).isEqualTo(coalesce ? 1 : 2);
	}

	/**
	 * The delete never ran, so that whatever the row holds is to be overwritten.
	 */
	@Test
	void writeOverADeleteStaysOneWhenItTakesThePlaceOfAWriteThatIsTriedAgain() {
		write(this.coalescing, 1L, "first");
		Claim claim = claim(this.coalescing, 1L);
		write(this.coalescing, 1L, Absent.VALUE);
		write(this.coalescing, 1L, "second");
		this.coalescing.giveBack(claim);
		assertThat(head(this.coalescing, 1L).value()).isEqualTo("second");
		assertThat(head(this.coalescing, 1L).isOverwriting()).isTrue();
		write(this.coalescing, 1L, Absent.VALUE);
		assertThat(head(this.coalescing, 1L).isOverwriting()).isFalse();
	}

	@Test
	void writeOverADeleteStaysOneWhenItWasChainedUnderAHold() {
		write(this.coalescing, 1L, "first");
		this.coalescing.hold(List.of(1L));
		write(this.coalescing, 1L, Absent.VALUE);
		write(this.coalescing, 1L, "second");
		this.coalescing.unhold(List.of(1L));
		Claim claim = claim(this.coalescing, 1L);
		assertThat(claim.value()).isEqualTo("second");
		assertThat(claim.write().isOverwriting()).isTrue();
	}

	@Test
	void heldKeyIsNotClaimedUntilItsLastHoldEnds() {
		write(this.coalescing, 1L, "value");
		this.coalescing.hold(List.of(1L));
		this.coalescing.hold(List.of(1L));
		assertThat(tryClaim(this.coalescing, 1L)).isNull();
		this.coalescing.unhold(List.of(1L));
		assertThat(tryClaim(this.coalescing, 1L)).isNull();
		assertThat(this.coalescing.pollUrgent()).isEqualTo(1L);
		this.coalescing.unhold(List.of(1L));
		assertThat(this.coalescing.pollUrgent()).isEqualTo(1L);
		assertThat(tryClaim(this.coalescing, 1L)).isNotNull();
	}

	@Test
	void dropLeavesWhatWasAcceptedUnderTheHold() {
		write(this.coalescing, 1L, "before");
		write(this.coalescing, 2L, "other");
		PendingWrite before = head(this.coalescing, 1L);
		long last = this.coalescing.hold(List.of(1L));
		assertThat(last).isEqualTo(2);
		assertThat(write(this.coalescing, 1L, "under the hold")).isEqualTo(Kind.CHAINED);
		assertThat(this.coalescing.drop(1L, last, () -> "stored", null)).isOne();
		assertThat(before.state()).isEqualTo(State.DONE);
		assertThat(this.coalescing.find(1L)).isEqualTo("under the hold");
		assertThat(this.coalescing.find(2L)).isEqualTo("other");
		assertThat(this.coalescing.size()).isEqualTo(2);
		assertThat(this.coalescing.taken()).isEqualTo(2);
		assertThat(this.coalescing.drop(1L, last, () -> "stored", null)).isZero();
		assertThat(this.coalescing.drop(3L, last, () -> "stored", null)).isZero();
		assertThat(this.coalescing.taken()).isEqualTo(2);
	}

	@Test
	void writeUnderAHoldCoalescesWithAnotherOneUnderIt() {
		this.coalescing.hold(List.of(1L));
		assertThat(write(this.coalescing, 1L, "first")).isEqualTo(Kind.QUEUED);
		assertThat(write(this.coalescing, 1L, "second")).isEqualTo(Kind.COALESCED);
		this.coalescing.hold(List.of(1L));
		assertThat(write(this.coalescing, 1L, "third")).isEqualTo(Kind.CHAINED);
	}

	@Test
	void claimCollapsesWhatWasChainedUnderAHold() {
		write(this.coalescing, 1L, "first");
		this.coalescing.hold(List.of(1L));
		write(this.coalescing, 1L, "second");
		this.coalescing.unhold(List.of(1L));
		assertThat(this.coalescing.taken()).isEqualTo(2);
		Claim claim = claim(this.coalescing, 1L);
		assertThat(claim.value()).isEqualTo("second");
		assertThat(this.coalescing.size()).isOne();
		assertThat(this.coalescing.taken()).isOne();
		assertThat(this.coalescing.complete(claim)).isNull();
		assertThat(this.coalescing.isIdle()).isTrue();
	}

	@Test
	void expediteNeedsAPendingWrite() {
		assertThat(this.coalescing.expedite(1L)).isFalse();
		assertThat(this.coalescing.hasUrgent()).isFalse();
		assertThat(this.coalescing.pollUrgent()).isNull();
		write(this.coalescing, 1L, "value");
		assertThat(this.coalescing.expedite(1L)).isTrue();
		assertThat(this.coalescing.hasUrgent()).isTrue();
		this.coalescing.complete(claim(this.coalescing, 1L));
		assertThat(this.coalescing.pollUrgent()).isEqualTo(1L);
		assertThat(this.coalescing.hasUrgent()).isFalse();
	}

	@Test
	void queueIsInTheOrderOfAcceptanceAndPassesWhatIsNotWaiting() {
		write(this.coalescing, 1L, "first");
		write(this.coalescing, 2L, "second");
		write(this.coalescing, 3L, "third");
		assertThat(this.coalescing.peek()).isSameAs(head(this.coalescing, 1L)).isSameAs(this.coalescing.peek());
		claim(this.coalescing, 1L);
		assertThat(this.coalescing.peek()).isSameAs(head(this.coalescing, 2L));
		this.coalescing.removePeeked();
		assertThat(this.coalescing.peek()).isSameAs(head(this.coalescing, 3L));
		this.coalescing.enqueue(head(this.coalescing, 2L));
		this.coalescing.removePeeked();
		assertThat(this.coalescing.peek()).isSameAs(head(this.coalescing, 2L));
		this.coalescing.removePeeked();
		assertThat(this.coalescing.peek()).isNull();
	}

	@Test
	void markerIsPassedWhenWhatStandsBeforeItWasTaken() {
		write(this.coalescing, 1L, "before");
		assertThat(this.coalescing.hasMarkers()).isFalse();
		Marker marker = this.coalescing.mark();
		write(this.coalescing, 2L, "behind");
		this.coalescing.peek();
		assertThat(marker.isPassed()).isFalse();
		assertThat(this.coalescing.hasMarkers()).isTrue();
		this.coalescing.removePeeked();
		assertThat(this.coalescing.peek()).isSameAs(head(this.coalescing, 2L));
		assertThat(marker.isPassed()).isTrue();
		assertThat(this.coalescing.hasMarkers()).isFalse();
	}

	@Test
	void countUpToCountsWholeChains() {
		write(this.chained, 1L, "first");
		write(this.chained, 2L, "second");
		write(this.chained, 1L, "third");
		assertThat(this.chained.lastSequence()).isEqualTo(3);
		assertThat(this.chained.countUpTo(0)).isZero();
		assertThat(this.chained.countUpTo(1)).isOne();
		assertThat(this.chained.countUpTo(2)).isEqualTo(2);
		assertThat(this.chained.countUpTo(3)).isEqualTo(3);
		assertThat(this.chained.containsUpTo(0)).isFalse();
		assertThat(this.chained.containsUpTo(1)).isTrue();
		this.chained.complete(claim(this.chained, 1L));
		assertThat(this.chained.containsUpTo(1)).isFalse();
		assertThat(this.chained.containsUpTo(2)).isTrue();
	}

	@Test
	void listHasTheNewestWriteOfEachKey() {
		write(this.chained, 1L, "first");
		write(this.chained, 1L, "second");
		write(this.chained, 2L, "third");
		assertThat(this.chained.list()).extracting(PendingWrite::value).containsExactlyInAnyOrder("second", "third");
	}

	@Test
	@DisplayName("F1: a value that coalesced may need what writes free that were accepted after the first value of its key")
	void coalescedValueIsYoungerThanWritesBetween() {
		write(this.coalescing, 1L, "first");
		write(this.coalescing, 2L, "frees a unique value");
		write(this.coalescing, 1L, "takes it");
		PendingWrite taking = head(this.coalescing, 1L);
		PendingWrite freeing = head(this.coalescing, 2L);
		assertThat(this.coalescing.hasOlderUnrefused(taking)).isTrue();
		freeing.attempts(refused(true));
		assertThat(this.coalescing.hasOlderUnrefused(taking)).isFalse();
	}

	@Test
	@DisplayName("F5: a younger value frees what the older one would have freed whose place it took")
	void coalescedWriteStillCountsAsAcceptedBefore() {
		write(this.coalescing, 1L, "frees a unique value");
		write(this.coalescing, 2L, "takes it");
		write(this.coalescing, 1L, "leaves it free");
		assertThat(this.coalescing.hasOlderUnrefused(head(this.coalescing, 2L))).isTrue();
		assertThat(this.coalescing.hasOlderUnrefused(head(this.coalescing, 1L))).isTrue();
	}

	@Test
	@DisplayName("F5: a write that met trouble of the store may still be stored, and free a unique value")
	void writeInTroubleIsNotRefused() {
		write(this.coalescing, 1L, "frees a unique value");
		write(this.coalescing, 2L, "takes it");
		head(this.coalescing, 1L).attempts(refused(false));
		assertThat(this.coalescing.hasOlderUnrefused(head(this.coalescing, 2L))).isTrue();
		head(this.coalescing, 1L).attempts(refused(true));
		assertThat(this.coalescing.hasOlderUnrefused(head(this.coalescing, 2L))).isFalse();
	}

	private static Attempts refused(boolean valueRefused) {
		return Attempts.none(Specs.of("items").writeBack().retry())
			.failed(Instant.EPOCH, 0, 0, true, valueRefused, null);
	}

	@Test
	@DisplayName("W9: a write is not kept for older ones that wait for it, maybe through others")
	void olderWriteThatWaitsIsNotOneThatMayBeStoredBefore() {
		List.of(1L, 2L, 3L).forEach((key) -> write(this.coalescing, key, "value"));
		PendingWrite older = head(this.coalescing, 1L);
		PendingWrite between = head(this.coalescing, 2L);
		PendingWrite refused = head(this.coalescing, 3L);
		assertThat(this.coalescing.hasOlderUnrefused(refused)).isTrue();
		between.awaits(() -> List.of(refused));
		assertThat(this.coalescing.hasOlderUnrefused(refused)).isTrue();
		older.awaits(() -> List.of(between));
		assertThat(this.coalescing.hasOlderUnrefused(refused)).isFalse();
	}

}
