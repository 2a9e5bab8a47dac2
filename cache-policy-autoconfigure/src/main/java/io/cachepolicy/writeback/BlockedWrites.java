package io.cachepolicy.writeback;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.writeback.Prerequisite.Obstacle;
import org.jspecify.annotations.Nullable;

/**
 * Writes that wait for others to be stored first. Used by the flusher that has its turn.
 * <p>
 * Many writes may wait for few others, and are looked at once per batch: so they stand
 * together by the first {@link Obstacle} of each, which is asked once for all of them. A
 * write whose obstacle is gone goes on, or stands at its next one.
 */
final class BlockedWrites {

	private static final Obstacle NONE = () -> true;

	private final Map<PendingWrite, Blocked> byWrite = new IdentityHashMap<>();

	private final Map<Obstacle, Set<PendingWrite>> byObstacle = new LinkedHashMap<>();

	void block(PendingWrite write, Prerequisite prerequisite) {
		remove(write);
		write.awaits(prerequisite::awaited);
		Obstacle first = prerequisite.obstacle();
		Obstacle obstacle = (first != null) ? first : NONE;
		this.byWrite.put(write, new Blocked(prerequisite, obstacle));
		this.byObstacle.computeIfAbsent(obstacle, (key) -> new LinkedHashSet<>()).add(write);
	}

	void unblock(PendingWrite write) {
		remove(write);
		write.awaits(null);
	}

	private void remove(PendingWrite write) {
		Blocked blocked = this.byWrite.remove(write);
		if (blocked != null) {
			this.byObstacle.computeIfPresent(blocked.obstacle(), (obstacle, writes) -> {
				writes.remove(write);
				return writes.isEmpty() ? null : writes;
			});
		}
	}

	/**
	 * Return what a write waits for.
	 * @param write the write
	 * @return the prerequisite, or {@code null} if it waits for none
	 */
	@Nullable Prerequisite prerequisite(PendingWrite write) {
		Blocked blocked = this.byWrite.get(write);
		return (blocked != null) ? blocked.prerequisite() : null;
	}

	boolean contains(PendingWrite write) {
		return this.byWrite.containsKey(write);
	}

	boolean isEmpty() {
		return this.byWrite.isEmpty();
	}

	/**
	 * Return whether a write can go on, or is to be looked at.
	 * @return whether there is one
	 */
	boolean hasUnblocked() {
		return this.byObstacle.keySet().stream().anyMatch(Obstacle::isGone)
				|| this.byWrite.entrySet().stream().anyMatch((entry) -> !entry.getValue().concerns(entry.getKey()));
	}

	/**
	 * Take the writes that can go on.
	 * @param claimer claims them
	 */
	void take(Claimer claimer) {
		for (Obstacle obstacle : List.copyOf(this.byObstacle.keySet())) {
			boolean gone = obstacle.isGone();
			for (PendingWrite write : List.copyOf(this.byObstacle.getOrDefault(obstacle, Set.of()))) {
				if (!claimer.hasRoom()) {
					return;
				}
				take(write, obstacle, gone, claimer);
			}
		}
	}

	private void take(PendingWrite write, Obstacle obstacle, boolean gone, Claimer claimer) {
		Blocked blocked = this.byWrite.get(write);
		if (blocked == null || !blocked.obstacle().equals(obstacle)) {
			// Another write has pulled it into the batch, or it waits for something else
			return;
		}
		Prerequisite prerequisite = blocked.prerequisite();
		if (write.state() != PendingWrite.State.WAITING) {
			unblock(write);
		}
		else if (!blocked.concerns(write)) {
			unblock(write);
			claimer.claim(write);
		}
		else if (gone && prerequisite.isMet()) {
			unblock(write);
			claimer.claimUnblocked(write, prerequisite);
		}
		else if (gone) {
			block(write, prerequisite);
		}
	}

	/**
	 * A write that waits.
	 *
	 * @param prerequisite what it waits for
	 * @param obstacle what is in its way now
	 */
	private record Blocked(Prerequisite prerequisite, Obstacle obstacle) {

		boolean concerns(PendingWrite write) {
			return this.prerequisite.concerns(write);
		}

	}

}
