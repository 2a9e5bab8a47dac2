package io.cachepolicy.writeback;

import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.PendingLog.Outcome;
import io.cachepolicy.writeback.PendingWrite.State;
import org.jspecify.annotations.Nullable;

/**
 * What the flusher does to the chains: it claims their oldest writes for the store, and
 * ends the claims. Thread-safe.
 * <p>
 * Chains are changed under the lock of their bin alone, as {@link WriteChains} says, and
 * so are claims made, revoked and ended for the chain. A write that a claim took off is
 * in flight until the thread that got the claim completes it or gives it back, or until a
 * holder of its key revokes it.
 */
final class WriteClaims {

	private final ConcurrentMap<Object, PendingWrite> byKey;

	private final Holds holds;

	private final Room room;

	private final PendingLog log;

	private final boolean coalesce;

	private final LongAdder collapsed = new LongAdder();

	/**
	 * Create claims, of which none is made.
	 * @param byKey the oldest pending write of each key
	 * @param holds the keys that are held
	 * @param room where the writes own permits
	 * @param log where the writes are recorded
	 * @param coalesce whether several writes of a key become one
	 */
	WriteClaims(ConcurrentMap<Object, PendingWrite> byKey, Holds holds, Room room, PendingLog log, boolean coalesce) {
		this.byKey = byKey;
		this.holds = holds;
		this.room = room;
		this.log = log;
		this.coalesce = coalesce;
	}

	/**
	 * Take a write for the store, unless its key is held or it is no longer waiting.
	 * @param write the write
	 * @param position its place among the writes of a batch
	 * @return the claim, or {@code null}
	 */
	@Nullable Claim claim(PendingWrite write, long position) {
		Claim[] claim = new Claim[1];
		int[] replaced = new int[1];
		this.byKey.computeIfPresent(write.key(), (key, head) -> {
			if (head == write && head.state() == State.WAITING && !this.holds.contains(key)) {
				replaced[0] = collapse(head);
				claim[0] = new Claim(head, position, head.takeOff());
			}
			return head;
		});
		this.room.leave(replaced[0]);
		return claim[0];
	}

	/**
	 * End a claim whose write is no longer pending.
	 * @param claim the claim
	 * @param outcome what became of the write
	 * @return the next write of the key, which is waiting now and is to be queued, or
	 * {@code null}
	 */
	@Nullable PendingWrite complete(Claim claim, Outcome outcome) {
		claim.end();
		PendingWrite next = this.byKey.computeIfPresent(claim.key(), (key, head) -> {
			PendingWrite write = claim.write();
			write.state(State.DONE);
			PendingWrite newer = next(write);
			this.log.settle(key, write.sequence(), outcome, (newer != null) ? newer.sequence() : 0);
			return newer;
		});
		this.room.leave(1);
		return next;
	}

	/**
	 * Return the write that becomes the oldest of a key.
	 * @param head the oldest one, which leaves
	 * @return the next one, or {@code null}
	 */
	private static @Nullable PendingWrite next(PendingWrite head) {
		PendingWrite next = head.newer();
		if (next != null) {
			next.newest(head.newest());
		}
		return next;
	}

	/**
	 * End a claim whose write was not stored and is to be tried again. The newest write
	 * of the key takes its place if writes coalesce.
	 * @param claim the claim
	 */
	void giveBack(Claim claim) {
		claim.end();
		int[] replaced = new int[1];
		this.byKey.computeIfPresent(claim.key(), (key, head) -> {
			if (!claim.isRevoked()) {
				replaced[0] = collapse(head);
				head.returnToWait();
			}
			return head;
		});
		this.room.leave(replaced[0]);
	}

	/**
	 * Return whether a write of a key is in flight. After {@link HeldChains#hold},
	 * {@code false} means that none will be until the hold ends, and that no writer that
	 * did not see the hold is still replacing one.
	 * @param key the key
	 * @return whether a write is in flight
	 */
	boolean isInFlight(Object key) {
		boolean[] inFlight = new boolean[1];
		this.byKey.computeIfPresent(key, (k, head) -> {
			synchronized (head) {
				inFlight[0] = head.state() == State.IN_FLIGHT;
			}
			return head;
		});
		return inFlight[0];
	}

	/**
	 * Take the write of a held key away from the store, if it is in flight and not about
	 * to be committed. It waits from now on, until the hold ends.
	 * @param key the key, which is held
	 */
	void revoke(Object key) {
		int[] replaced = new int[1];
		this.byKey.computeIfPresent(key, (k, head) -> {
			if (head.state() == State.IN_FLIGHT && head.revoke()) {
				replaced[0] = collapse(head);
				head.returnToWait();
			}
			return head;
		});
		this.room.leave(replaced[0]);
	}

	/**
	 * Let the newest write of a key take the place of the oldest, if writes coalesce.
	 * Writes are chained that could not coalesce when they came.
	 * @param head the oldest write, whose claim ends or is about to be made
	 * @return how many writes were replaced
	 */
	private int collapse(PendingWrite head) {
		int replaced = 0;
		if (this.coalesce) {
			PendingWrite first = head.newer();
			for (PendingWrite write = first; write != null; write = write.newer()) {
				head.replaceBy(write);
				this.log.collapse(head.key(), head.sequence(), head.revision(), write.sequence());
				replaced++;
			}
			// Readers find the newest value here, whatever they came by
			head.newest(head);
			head.newer(null);
			merge(first, head);
			this.collapsed.add(replaced);
		}
		return replaced;
	}

	private static void merge(@Nullable PendingWrite first, PendingWrite head) {
		PendingWrite write = first;
		while (write != null) {
			PendingWrite next = write.newer();
			write.mergeInto(head);
			write = next;
		}
	}

	/**
	 * Return how many writes coalesced after they were accepted, since they could not
	 * before.
	 * @return the number of writes
	 */
	long collapsed() {
		return this.collapsed.sum();
	}

}
