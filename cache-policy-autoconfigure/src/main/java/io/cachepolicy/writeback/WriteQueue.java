package io.cachepolicy.writeback;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.writeback.PendingWrite.State;
import org.jspecify.annotations.Nullable;

/**
 * The order in which pending writes are taken for the store: that of their first
 * acceptance, and beside it the keys that are urgent.
 * <p>
 * Writers append, the flusher that has its turn removes. A write that was taken
 * elsewhere, as an urgent one or because it was dropped, is left behind in the queue and
 * passed over later.
 */
final class WriteQueue {

	private static final int MANY_LEFT_BEHIND = 1000;

	private final Room room;

	private final FlushTurns turns;

	private final Queue<Queued> queue = new ConcurrentLinkedQueue<>();

	private final Queue<Object> urgent = new ConcurrentLinkedQueue<>();

	private final AtomicInteger markers = new AtomicInteger();

	/**
	 * How many writes may have been left behind in the queue.
	 */
	private final AtomicInteger leftBehind = new AtomicInteger();

	/**
	 * How many markers the flusher has passed, used by it alone.
	 */
	private long passed;

	WriteQueue(Room room, FlushTurns turns) {
		this.room = room;
		this.turns = turns;
	}

	/**
	 * Queue a write that became the oldest of its key.
	 * @param write the write
	 */
	void add(PendingWrite write) {
		this.queue.add(write);
	}

	/**
	 * Make due what is in the queue now.
	 * @return the marker at the end of it
	 */
	Marker mark() {
		Marker marker = new Marker();
		this.markers.incrementAndGet();
		this.queue.add(marker);
		return marker;
	}

	boolean hasMarkers() {
		return this.markers.get() > 0;
	}

	/**
	 * Take a key before its turn, and let the flusher look.
	 * @param key the key
	 */
	void addUrgent(Object key) {
		this.urgent.add(key);
		this.turns.signal();
	}

	boolean hasUrgent() {
		return !this.urgent.isEmpty();
	}

	/**
	 * Take an urgent key, whose write stays behind in the queue.
	 * @return the key, or {@code null} if there is none
	 */
	@Nullable Object pollUrgent() {
		return this.urgent.poll();
	}

	/**
	 * Note writes that are taken elsewhere than from the queue.
	 * @param count the number of writes
	 */
	void leaveBehind(int count) {
		this.leftBehind.addAndGet(count);
	}

	// ---- The flusher ----

	/**
	 * Return the oldest write of the queue that is still to be taken, passing what stands
	 * before it.
	 * @return the write, or {@code null} if there is none
	 */
	@Nullable PendingWrite peek() {
		removeLeftBehind();
		for (;;) {
			Queued first = this.queue.peek();
			if (first == null) {
				return null;
			}
			if (first instanceof PendingWrite write && write.state() == State.WAITING) {
				return write;
			}
			this.queue.poll();
			if (first instanceof Marker marker) {
				this.markers.decrementAndGet();
				this.passed++;
				marker.pass();
			}
		}
	}

	/**
	 * Remove what is done from behind a write that waits, before it is more than what is
	 * pending.
	 */
	private void removeLeftBehind() {
		if (this.leftBehind.get() > Math.max(MANY_LEFT_BEHIND, this.room.size())) {
			this.leftBehind.set(0);
			this.queue.removeIf((queued) -> queued instanceof PendingWrite write && write.state() == State.DONE);
		}
	}

	void removePeeked() {
		this.queue.poll();
	}

	/**
	 * Return how many markers {@link #peek} has passed.
	 * @return a number that grows
	 */
	long passed() {
		return this.passed;
	}

	/**
	 * Return how many writes and markers are in the queue.
	 * @return the number
	 */
	int length() {
		return this.queue.size();
	}

}
