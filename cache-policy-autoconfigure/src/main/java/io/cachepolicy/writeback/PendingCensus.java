package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;

/**
 * Looks at all the pending writes of a cache, for those that watch them. It takes no
 * lock: what comes or goes meanwhile may be seen or not. Thread-safe.
 */
final class PendingCensus {

	private final ConcurrentMap<Object, PendingWrite> byKey;

	/**
	 * Create a census.
	 * @param byKey the oldest pending write of each key
	 */
	PendingCensus(ConcurrentMap<Object, PendingWrite> byKey) {
		this.byKey = byKey;
	}

	/**
	 * Return how long the oldest write has been pending. All are looked at, as those that
	 * wait for a retry are not in the queue.
	 * @param now the time in nanoseconds
	 * @return the age, zero if nothing is pending
	 */
	Duration oldestAge(long now) {
		long age = 0;
		for (PendingWrite head : this.byKey.values()) {
			age = Math.max(age, now - head.since());
		}
		return Duration.ofNanos(age);
	}

	/**
	 * Return how many of the writes up to a sequence number are still pending.
	 * @param sequence the sequence number
	 * @return the number of writes
	 */
	long countUpTo(long sequence) {
		long count = 0;
		for (PendingWrite head : this.byKey.values()) {
			for (PendingWrite write = head; write != null && write.sequence() <= sequence; write = write.newer()) {
				count++;
			}
		}
		return count;
	}

	/**
	 * Return whether a write that was accepted before another one may still be stored
	 * before it: it is pending, its value was not refused, and it does not wait for that
	 * one. A younger value may have taken the place of the one that was accepted before:
	 * when it is stored, what that one would have freed is free as well.
	 * @param write the other one
	 * @return whether there is such a write
	 */
	boolean hasOlderUnrefused(PendingWrite write) {
		for (PendingWrite head : this.byKey.values()) {
			Attempts attempts = head.attempts();
			if (head.isPendingSince(write) && (attempts == null || !attempts.isValueRefused())
					&& !head.waitsFor(write)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return the write whose value was accepted first.
	 * @return the write, or {@code null} if none is pending
	 */
	@Nullable PendingWrite earliest() {
		PendingWrite earliest = null;
		for (PendingWrite head : this.byKey.values()) {
			if (earliest == null || head.order() < earliest.order()) {
				earliest = head;
			}
		}
		return earliest;
	}

	boolean containsUpTo(long sequence) {
		for (PendingWrite head : this.byKey.values()) {
			if (head.sequence() <= sequence) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return the newest pending write of each key.
	 * @return a snapshot
	 */
	List<PendingWrite> list() {
		return this.byKey.values().stream().map(PendingWrite::newest).toList();
	}

}
