package io.cachepolicy.writeback;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

import io.cachepolicy.spi.PendingLog;

/**
 * The parts in which the pending writes of one cache are kept.
 *
 * @param turns the turns of the flusher
 * @param room what they take of {@code max-pending}
 * @param queue the order in which they are due
 * @param chains the writes by key, as writers see them
 * @param held those of held keys
 * @param claims those that are on their way to the store
 * @param census looks at all of them
 */
record PendingParts(FlushTurns turns, Room room, WriteQueue queue, WriteChains chains, HeldChains held,
		WriteClaims claims, PendingCensus census) {

	/**
	 * Create empty parts.
	 * @param maxPending the most pending writes
	 * @param coalesce whether several writes of a key become one
	 * @param log where the writes are recorded
	 * @param sequence counts the writes of all caches
	 * @param turns the turns of the flusher
	 * @return the parts
	 */
	static PendingParts of(int maxPending, boolean coalesce, PendingLog log, AtomicLong sequence, FlushTurns turns) {
		Room room = new Room(maxPending);
		WriteQueue queue = new WriteQueue(room, turns);
		ConcurrentMap<Object, PendingWrite> byKey = new ConcurrentHashMap<>();
		Holds holds = new Holds();
		WriteChains chains = new WriteChains(byKey, holds, room, queue, coalesce, sequence);
		HeldChains held = new HeldChains(byKey, chains, holds, room, queue, log);
		WriteClaims claims = new WriteClaims(byKey, holds, room, log, coalesce);
		return new PendingParts(turns, room, queue, chains, held, claims, new PendingCensus(byKey));
	}

}
