package io.cachepolicy.writeback;

import java.util.List;

import io.cachepolicy.writeback.PendingWrite.State;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link WriteQueue}.
 */
class WriteQueueTests {

	/**
	 * How many writes may be left behind however few are pending.
	 */
	private static final int MANY = 1000;

	private final FlushTurns turns = mock(FlushTurns.class);

	private final WriteQueue queue = new WriteQueue(new Room(10), this.turns);

	private long sequence;

	private PendingWrite add() {
		this.sequence++;
		PendingWrite write = new PendingWrite(this.sequence, "value", null, this.sequence, 0);
		this.queue.add(write);
		return write;
	}

	private void addDone(int count) {
		for (int i = 0; i < count; i++) {
			add().state(State.DONE);
		}
	}

	@Test
	void markersArePassedOneByOne() {
		Marker first = this.queue.mark();
		PendingWrite write = add();
		Marker second = this.queue.mark();
		assertThat(this.queue.length()).isEqualTo(3);
		assertThat(this.queue.peek()).isSameAs(write);
		assertThat(first.isPassed()).isTrue();
		assertThat(second.isPassed()).isFalse();
		assertThat(this.queue.passed()).isOne();
		assertThat(this.queue.hasMarkers()).isTrue();
		this.queue.removePeeked();
		assertThat(this.queue.peek()).isNull();
		assertThat(second.isPassed()).isTrue();
		assertThat(this.queue.passed()).isEqualTo(2);
		assertThat(this.queue.hasMarkers()).isFalse();
		assertThat(this.queue.length()).isZero();
	}

	@Test
	@DisplayName("W3: writes that were taken elsewhere do not pile up behind one that waits")
	void writesThatWereLeftBehindAreRemoved() {
		PendingWrite first = add();
		addDone(MANY + 1);
		PendingWrite last = add();
		this.queue.leaveBehind(MANY);
		assertThat(this.queue.peek()).isSameAs(first);
		assertThat(this.queue.length()).as("they are not many yet").isEqualTo(MANY + 3);
		this.queue.leaveBehind(1);
		assertThat(this.queue.peek()).isSameAs(first);
		assertThat(this.queue.length()).isEqualTo(2);
		addDone(1);
		this.queue.leaveBehind(1);
		assertThat(this.queue.peek()).isSameAs(first);
		assertThat(this.queue.length()).as("counted anew").isEqualTo(3);
		this.queue.removePeeked();
		assertThat(this.queue.peek()).isSameAs(last);
	}

	@Test
	@DisplayName("W3: writes that a hold dropped count as left behind")
	void droppedWritesAreLeftBehind() {
		TestedPending pending = new TestedPending(2 * MANY, false);
		add(pending, "first");
		for (int i = 0; i <= MANY; i++) {
			add(pending, i);
			long last = pending.hold(List.of(i));
			assertThat(pending.drop(i, last, () -> null, null)).isOne();
			pending.unhold(List.of(i));
		}
		assertThat(pending.queued()).isEqualTo(MANY + 2);
		assertThat(pending.peek()).isSameAs(pending.head("first"));
		assertThat(pending.queued()).isOne();
	}

	private static void add(TestedPending pending, Object key) {
		assertThat(pending.tryReserve(1)).isTrue();
		pending.add(key, "value", null, 0);
	}

	@Test
	void urgentKeysAreTakenInTheirOrder() {
		assertThat(this.queue.hasUrgent()).isFalse();
		this.queue.addUrgent("a");
		this.queue.addUrgent("b");
		verify(this.turns, times(2)).signal();
		assertThat(this.queue.hasUrgent()).isTrue();
		assertThat(this.queue.pollUrgent()).isEqualTo("a");
		assertThat(this.queue.pollUrgent()).isEqualTo("b");
		assertThat(this.queue.pollUrgent()).isNull();
	}

}
