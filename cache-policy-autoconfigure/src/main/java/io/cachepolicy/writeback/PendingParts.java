package io.cachepolicy.writeback;

import java.util.concurrent.atomic.AtomicLong;

import io.cachepolicy.spi.PendingLog;

/**
 * The parts in which the pending writes of one cache are kept.
 *
 * @param wakeup wakes the flusher
 * @param room what they take of {@code max-pending}
 * @param queue the order in which they are due
 * @param chains the writes by key
 */
record PendingParts(Wakeup wakeup, Room room, WriteQueue queue, WriteChains chains) {

	/**
	 * Create empty parts.
	 * @param maxPending the most pending writes
	 * @param coalesce whether several writes of a key become one
	 * @param log where the writes are recorded
	 * @param sequence counts the writes of all caches
	 * @return the parts
	 */
	static PendingParts of(int maxPending, boolean coalesce, PendingLog log, AtomicLong sequence) {
		Room room = new Room(maxPending);
		Wakeup wakeup = new Wakeup();
		WriteQueue queue = new WriteQueue(room, wakeup);
		return new PendingParts(wakeup, room, queue, new WriteChains(room, queue, log, coalesce, sequence));
	}

}
