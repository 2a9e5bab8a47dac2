package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link DueWrites}, by the time that it is given.
 */
class DueWritesTests {

	private static final Duration FLUSH_INTERVAL = Duration.ofMinutes(10);

	private static final long INTERVAL = FLUSH_INTERVAL.toNanos();

	private static final long BLOCKED_WAIT = TimeUnit.SECONDS.toNanos(1);

	private static final long CLOSING_WAIT = TimeUnit.MILLISECONDS.toNanos(250);

	private final long start = System.nanoTime();

	private final TestedPending pending = new TestedPending(100, true);

	private final FlushRequests requests = new FlushRequests(this.pending.parts());

	private final FlushOrder order = mock(FlushOrder.class);

	private final Availability store = new Availability(FlushListener.NONE);

	/**
	 * What the writes of keys wait for.
	 */
	private final Map<Object, Prerequisite> conditions = new HashMap<>();

	/**
	 * The key to which the row of another key refers.
	 */
	private final Map<Object, Object> references = new HashMap<>();

	private DueWrites due = create(specs());

	private static Specs specs() {
		return Specs.of("items").flushInterval(FLUSH_INTERVAL);
	}

	private DueWrites create(Specs specs) {
		return new DueWrites(this.pending.parts(), this.requests, specs.writeBack(), this.order, this.store);
	}

	@BeforeEach
	void order() {
		given(this.order.ofPut(any(), any(), any()))
			.will((call) -> condition(call.getArgument(0), call.getArgument(2)));
	}

	private @Nullable Prerequisite condition(Claim claim, Function<PendingWrite, @Nullable Prerequisite> pull) {
		Object referred = this.references.get(claim.key());
		return (referred != null) ? pull.apply(head(referred)) : this.conditions.get(claim.key());
	}

	private PendingWrite head(Object key) {
		return Objects.requireNonNull(this.pending.head(key));
	}

	private void add(Object... keys) {
		for (Object key : keys) {
			assertThat(this.pending.tryReserve(1)).isTrue();
			this.pending.add(key, "value", null, this.start);
		}
	}

	private void addUrgent(Object... keys) {
		add(keys);
		for (Object key : keys) {
			this.pending.expedite(key);
		}
	}

	private List<Object> take(long after) {
		return claims(after).stream().map(Claim::key).toList();
	}

	private List<Claim> claims(long after) {
		DueWrites.Due taken = this.due.take(this.start + after, false, false);
		return (taken != null) ? taken.claims() : List.of();
	}

	private long nanosUntilDue(long after) {
		return this.due.nanosUntilDue(this.start + after, false);
	}

	/**
	 * Let a write wait for a condition.
	 * @param key the key of the write
	 * @return the condition
	 */
	private Settable block(Object key) {
		Settable condition = new Settable();
		this.conditions.put(key, condition);
		addUrgent(key);
		assertThat(take(0)).isEmpty();
		return condition;
	}

	@Test
	void writeIsDueWhenItIsAsOldAsTheInterval() {
		add("k");
		assertThat(nanosUntilDue(0)).isEqualTo(INTERVAL);
		assertThat(nanosUntilDue(INTERVAL - 1)).isOne();
		assertThat(take(INTERVAL - 1)).isEmpty();
		assertThat(nanosUntilDue(INTERVAL)).isZero();
		assertThat(take(INTERVAL)).containsExactly("k");
		then(this.order).should(never()).blocked();
	}

	@Test
	void nothingIsDueWhileNothingIsPending() {
		assertThat(nanosUntilDue(0)).isEqualTo(Long.MAX_VALUE);
		assertThat(this.due.hasQueued()).isFalse();
		assertThat(this.due.nanosUntilDue(this.start, true)).as("reserved room may be taken").isEqualTo(CLOSING_WAIT);
		add("k");
		assertThat(this.due.nanosUntilDue(this.start, true)).isZero();
		assertThat(this.due.hasQueued()).isTrue();
	}

	@Test
	@DisplayName("the age of one write is a flush of all that is pending")
	void ageOfOneWriteIsAFlushOfAll() {
		add("old");
		this.pending.tryReserve(1);
		this.pending.add("young", "value", null, this.start + 1);
		assertThat(take(INTERVAL)).containsExactly("old", "young");
	}

	@Test
	void urgentWriteLeavesTheOthers() {
		add("a", "b");
		this.pending.expedite("b");
		assertThat(nanosUntilDue(0)).isZero();
		assertThat(take(0)).containsExactly("b");
		this.pending.expedite("a");
		assertThat(take(0)).containsExactly("a");
	}

	@Test
	@DisplayName("batches of a flush follow each other in the order of keys")
	void batchesFollowEachOtherInTheOrderOfKeys() {
		this.due = create(specs().batchSize(2));
		add(5, 1, 4, 2, 3);
		this.pending.mark();
		assertThat(take(0)).containsExactlyInAnyOrder(1, 2);
		assertThat(nanosUntilDue(0)).isZero();
		assertThat(take(0)).containsExactlyInAnyOrder(3, 4);
		assertThat(take(0)).containsExactly(5);
		assertThat(nanosUntilDue(0)).isEqualTo(Long.MAX_VALUE);
	}

	@Test
	@DisplayName("W4: what was accepted before a flush was asked for is not mixed with what came later")
	void writesBeforeAMarkerComeBeforeLaterOnes() {
		this.due = create(specs().batchSize(2).flushThreshold(1));
		add(8, 9, 7);
		this.pending.mark();
		add(1, 2);
		assertThat(take(0)).containsExactlyInAnyOrder(7, 8);
		assertThat(take(0)).containsExactlyInAnyOrder(9, 1);
		assertThat(take(0)).containsExactly(2);
	}

	@Test
	@DisplayName("a write whose value is replaced, dropped or taken while it waits for its turn in a flush")
	void writesOfAFlushChangeUntilTheirTurn() {
		this.due = create(specs().batchSize(1));
		add(1, 2, 3, 4, 5);
		this.pending.mark();
		assertThat(take(0)).containsExactly(1);
		this.pending.coalesce(2, "newer", null);
		this.pending.hold(List.of(3));
		this.pending.expedite(5);
		assertThat(claims(0)).extracting(Claim::value).containsExactly("newer");
		assertThat(take(0)).as("urgent ones have their turn").containsExactly(5);
		assertThat(take(0)).as("what is held is passed").containsExactly(4);
		assertThat(take(0)).isEmpty();
		this.pending.unhold(List.of(3));
		assertThat(take(0)).containsExactly(3);
	}

	@Test
	@DisplayName("deletes are not moved before puts, nor puts before deletes")
	void putsAndDeletesAreNotMixed() {
		this.due = create(specs().batchSize(2));
		add(9, 8);
		this.pending.tryReserve(1);
		this.pending.add(3, Absent.VALUE, null, this.start);
		add(2, 1);
		this.pending.mark();
		assertThat(take(0)).containsExactlyInAnyOrder(8, 9);
		assertThat(take(0)).containsExactlyInAnyOrder(3, 1);
		assertThat(take(0)).containsExactly(2);
	}

	@Test
	@DisplayName("keys that can't be compared are flushed as they came")
	void keysWithoutAnOrderComeAsTheyWereAccepted() {
		this.due = create(specs().batchSize(1));
		Object unordered = new Object();
		add("b", 2, unordered, "a");
		this.pending.mark();
		assertThat(take(0)).containsExactly("b");
		assertThat(take(0)).containsExactly(2);
		assertThat(take(0)).containsExactly(unordered);
		assertThat(take(0)).containsExactly("a");
	}

	@Test
	@DisplayName("W6: no key that fails to be compared stops the flush")
	void keysThatFailToBeComparedAreFlushed() {
		add(new Failing(), new Failing());
		this.pending.mark();
		assertThat(take(0)).hasSize(2);
	}

	@Test
	@DisplayName("W2: a sort that fails half-way loses no write")
	void sortThatFailsLosesNoWrite() {
		int size = 64;
		for (int calls = 1; calls < 400; calls += 3) {
			AtomicInteger left = new AtomicInteger(calls);
			List<Object> keys = new ArrayList<>();
			IntStream.range(0, size)
				.map((i) -> (2 * i) % size + 2 * i / size)
				.forEach((number) -> keys.add(new FailingLater(number, left)));
			add(keys.toArray());
			this.pending.mark();
			assertThat(claims(0).stream().peek(this.pending::complete).map(Claim::key))
				.as("after " + calls + " comparisons")
				.containsExactlyInAnyOrderElementsOf(keys);
		}
	}

	@Test
	@DisplayName("at a limited pace the oldest come first")
	void oldestComeFirstAtALimitedPace() {
		this.due = create(specs().batchSize(1).maxWritesPerSecond(1000));
		add(3, 1, 2);
		this.pending.mark();
		assertThat(take(0)).containsExactly(3);
		assertThat(take(0)).containsExactly(1);
		assertThat(take(0)).containsExactly(2);
	}

	@Test
	@DisplayName("W4: urgent and old writes come first in turn")
	void urgentAndOldWritesComeFirstInTurn() {
		this.due = create(specs().batchSize(1));
		add("old", "older");
		addUrgent("urgent", "pressing");
		assertThat(take(INTERVAL)).containsExactly("urgent");
		assertThat(take(INTERVAL)).containsExactly("old");
		assertThat(take(INTERVAL)).containsExactly("pressing");
		assertThat(take(INTERVAL)).containsExactly("older");
	}

	@Test
	@DisplayName("what a batch may take by its pace, and does not, is left to the next one")
	void paceThatABatchDoesNotUseIsLeft() {
		this.due = create(specs().maxWritesPerSecond(10));
		addUrgent("single");
		assertThat(take(0)).hasSize(1);
		addUrgent(1, 2, 3, 4, 5, 6, 7, 8, 9);
		assertThat(take(0)).hasSize(9);
	}

	@Test
	@DisplayName("a write that is due waits for the pace, unless the cache is closing")
	void writeThatIsDueWaitsForThePace() {
		this.due = create(specs().maxWritesPerSecond(1));
		for (int i = 0; i < 60; i++) {
			add(i);
			this.references.put(i, i + 1);
		}
		add(60);
		this.pending.expedite(0);
		assertThat(nanosUntilDue(0)).isZero();
		assertThat(take(0)).as("a row and all before it").hasSize(61);
		addUrgent("k");
		assertThat(nanosUntilDue(0)).isPositive();
		assertThat(this.due.nanosUntilDue(this.start, true)).isZero();
	}

	@Test
	@DisplayName("F1: batches are halved while they take too long, and grow again while they are stored")
	void batchesThatTakeTooLongBecomeSmaller() {
		this.due = create(specs().batchSize(8));
		add(IntStream.range(0, 90).boxed().toArray());
		this.pending.mark();
		assertThat(sizeAfter(report(1, false))).isEqualTo(8);
		assertThat(sizeAfter(report(0, true))).isEqualTo(4);
		assertThat(sizeAfter(report(0, false))).as("nothing was stored").isEqualTo(4);
		assertThat(sizeAfter(report(1, true))).isEqualTo(2);
		assertThat(sizeAfter(report(1, false))).isEqualTo(4);
		assertThat(sizeAfter(report(1, false))).isEqualTo(8);
		assertThat(sizeAfter(report(1, false))).as("as the settings say").isEqualTo(8);
	}

	@Test
	@DisplayName("F1: a row that takes too long alone says nothing of the size of batches")
	void slowRowLeavesTheSizeOfBatches() {
		this.due = create(specs().batchSize(3));
		add(IntStream.range(0, 20).boxed().toArray());
		this.pending.mark();
		assertThat(sizeAfter(report(0, true))).isOne();
		assertThat(sizeAfter(report(0, true))).isEqualTo(3);
	}

	/**
	 * Return the size of the next batch.
	 * @param report how the one before went
	 * @return the size
	 */
	private int sizeAfter(BatchReport report) {
		DueWrites.Due taken = Objects.requireNonNull(this.due.take(this.start, false, false));
		this.due.ended(taken, report, 1);
		return claims(0).size();
	}

	private static BatchReport report(int written, boolean timedOut) {
		return new BatchReport(1, written, 0, 0, true, true, timedOut, null, null, null);
	}

	@Test
	void blockedWriteIsLookedAtFromTimeToTime() {
		Settable condition = block("k");
		then(this.order).should(atLeastOnce()).waiting(true);
		then(this.order).should().blocked();
		assertThat(nanosUntilDue(0)).isEqualTo(BLOCKED_WAIT);
		assertThat(this.due.nanosUntilDue(this.start, true)).isZero();
		condition.met = true;
		assertThat(nanosUntilDue(0)).isZero();
		this.conditions.clear();
		assertThat(take(0)).containsExactly("k");
		InOrder inOrder = inOrder(this.order);
		inOrder.verify(this.order, atLeastOnce()).waiting(true);
		inOrder.verify(this.order).waiting(false);
	}

	@Test
	@DisplayName("a write that is no longer what its condition was made for goes on")
	void writeThatIsNotConcernedAnyMoreGoesOn() {
		Settable condition = block("k");
		condition.concerning = false;
		assertThat(nanosUntilDue(0)).isZero();
		this.conditions.clear();
		assertThat(take(0)).containsExactly("k");
	}

	@Test
	void nextWriteOfAKeyIsQueued() {
		PendingWrite next = completeWithNext();
		this.due.next(next);
		assertThat(this.pending.peek()).isSameAs(next);
		assertThat(nanosUntilDue(0)).isEqualTo(INTERVAL);
		assertThat(take(INTERVAL)).containsExactly("k");
	}

	@Test
	void nextWriteOfAKeyIsDueIfSomeoneWaitsForIt() {
		PendingWrite next = completeWithNext();
		this.requests.add();
		this.pending.peek();
		this.due.next(next);
		assertThat(take(0)).containsExactly("k");
	}

	/**
	 * End a claim behind which another write was accepted.
	 * @return the other write
	 */
	private PendingWrite completeWithNext() {
		addUrgent("k");
		Claim claim = claims(0).get(0);
		add("k");
		return Objects.requireNonNull(this.pending.complete(claim));
	}

	@Test
	@DisplayName("J5: a row that no longer has to wait is taken along by one that refers to it")
	void rowThatNoLongerWaitsIsTakenAlong() {
		Settable ofChild = block("child");
		Settable ofParent = block("parent");
		this.conditions.clear();
		this.references.put("child", "parent");
		ofChild.met = true;
		ofParent.met = true;
		assertThat(take(0)).containsExactly("parent", "child");
	}

	@Test
	@DisplayName("J5: a row that is put again while its delete waits is taken along by one that refers to it")
	void rowWhoseConditionDoesNotConcernItIsTakenAlong() {
		Settable ofChild = block("child");
		Settable ofParent = block("parent");
		this.conditions.clear();
		this.references.put("child", "parent");
		ofChild.met = true;
		ofParent.concerning = false;
		assertThat(take(0)).containsExactly("parent", "child");
	}

	@Test
	@DisplayName("J5: a row waits for what the row waits for to which it refers")
	void rowWaitsWithTheRowToWhichItRefers() {
		block("parent");
		addUrgent("child");
		this.references.put("child", "parent");
		assertThat(take(0)).isEmpty();
		assertThat(nanosUntilDue(0)).isEqualTo(BLOCKED_WAIT);
	}

	@Test
	@DisplayName("J5: a row does not wait for one that waits for it by way of others")
	void rowDoesNotWaitForItself() {
		awaits(block("a"), "b");
		awaits(block("b"), "c");
		add("c");
		Settable ofLast = new Settable();
		awaits(ofLast, "a");
		this.conditions.put("c", ofLast);
		this.pending.expedite("c");
		assertThat(take(0)).containsExactly("c");
	}

	private void awaits(Prerequisite condition, Object key) {
		given(this.order.awaitedHere(condition)).will((call) -> List.of(head(key)));
	}

	/**
	 * A condition that is met when a test says so.
	 */
	private static final class Settable implements Prerequisite {

		private boolean met;

		private boolean concerning = true;

		@Override
		public boolean isMet() {
			return this.met;
		}

		@Override
		public @Nullable Obstacle obstacle() {
			return (this.met) ? null : this::isMet;
		}

		@Override
		public boolean concerns(PendingWrite write) {
			return this.concerning;
		}

		@Override
		public Collection<PendingWrite> awaited() {
			return List.of();
		}

	}

	private record FailingLater(int number, AtomicInteger left) implements Comparable<FailingLater> {

		@Override
		public int compareTo(FailingLater other) {
			if (this.left.decrementAndGet() == 0) {
				throw new IllegalStateException("not comparable");
			}
			return Integer.compare(this.number, other.number);
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof FailingLater key && key.number == this.number && key.left == this.left;
		}

		@Override
		public int hashCode() {
			return this.number;
		}

	}

	private static final class Failing implements Comparable<Failing> {

		@Override
		public int compareTo(Failing other) {
			throw new IllegalStateException("not comparable");
		}

	}

}
