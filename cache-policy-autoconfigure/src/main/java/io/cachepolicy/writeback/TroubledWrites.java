package io.cachepolicy.writeback;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Writes that were tried and not stored: groups of which at least one is at fault, and
 * single ones that wait for their next attempt. Used by the flusher that has its turn.
 */
final class TroubledWrites {

	private final int batchSize;

	private final Deque<Suspects> groups = new ArrayDeque<>();

	private final Set<PendingWrite> suspected = Collections.newSetFromMap(new IdentityHashMap<>());

	private final Retries retries = new Retries();

	/**
	 * How many single writes are tried together: more than one after they were stored, as
	 * what was in their way may be gone.
	 */
	private int together = 1;

	private boolean retriesFirst;

	/**
	 * Create an empty collection.
	 * @param batchSize the most writes that are tried together
	 */
	TroubledWrites(int batchSize) {
		this.batchSize = batchSize;
	}

	boolean isEmpty() {
		return this.groups.isEmpty() && this.retries.isEmpty();
	}

	boolean contains(PendingWrite write) {
		return this.suspected.contains(write) || this.retries.contains(write);
	}

	void add(Suspects group) {
		this.groups.add(group);
		this.suspected.addAll(group.writes());
	}

	void retry(PendingWrite write) {
		this.retries.add(write);
	}

	/**
	 * Set the time of a single write anew, after its value was replaced.
	 * @param write the write
	 */
	void renew(PendingWrite write) {
		if (this.retries.contains(write)) {
			this.retries.add(write);
		}
	}

	/**
	 * Return when there is something to try.
	 * @param now the time in nanoseconds
	 * @param hurry whether there is little time left
	 * @return the nanoseconds to wait, {@link Long#MAX_VALUE} if there is nothing
	 */
	long nanosUntilDue(long now, boolean hurry) {
		return this.groups.isEmpty() ? this.retries.nanosUntilDue(now, hurry) : 0;
	}

	/**
	 * Take a group, or single writes whose time has come, by turns.
	 * @param claimer claims them
	 * @param now the time in nanoseconds
	 * @param hurry whether there is little time left
	 * @param one whether one write is enough, as the store may be away
	 * @return what the claimed writes met before, {@code null} if none was claimed
	 */
	@Nullable Suspects take(Claimer claimer, long now, boolean hurry, boolean one) {
		boolean single = this.groups.isEmpty() || (this.retriesFirst && this.retries.nanosUntilDue(now, hurry) == 0);
		this.retriesFirst = !single;
		return (single) ? takeRetries(claimer, now, hurry, one) : takeGroup(claimer, one);
	}

	private @Nullable Suspects takeGroup(Claimer claimer, boolean one) {
		for (Suspects group = this.groups.poll(); group != null; group = this.groups.poll()) {
			this.suspected.removeAll(group.writes());
			int count = take(claimer, group.writes(), one);
			if (count < group.writes().size()) {
				add(group.of(List.copyOf(group.writes().subList(count, group.writes().size()))));
			}
			if (claimer.size() > 0) {
				return group;
			}
		}
		return null;
	}

	/**
	 * Claim writes until there are enough.
	 * @param claimer claims them
	 * @param writes the writes
	 * @param one whether one is enough
	 * @return how many were looked at
	 */
	private static int take(Claimer claimer, List<PendingWrite> writes, boolean one) {
		int count = 0;
		while (count < writes.size() && claimer.hasRoom() && !(one && claimer.size() > 0)) {
			claimer.claim(writes.get(count));
			count++;
		}
		return count;
	}

	private @Nullable Suspects takeRetries(Claimer claimer, long now, boolean hurry, boolean one) {
		List<PendingWrite> taken = new ArrayList<>();
		int most = (one) ? 1 : this.together;
		while (claimer.hasRoom() && claimer.size() < most) {
			PendingWrite write = this.retries.poll(now, hurry);
			if (write == null) {
				break;
			}
			taken.add(write);
			claimer.claim(write);
		}
		return (claimer.size() == 0) ? null : new Suspects(taken, 1, Long.MAX_VALUE, null);
	}

	/**
	 * Learn from how a call went.
	 * @param stored whether its writes were stored
	 */
	void tried(boolean stored) {
		this.together = (stored) ? (int) Math.min(this.batchSize, 2L * this.together) : 1;
	}

}
