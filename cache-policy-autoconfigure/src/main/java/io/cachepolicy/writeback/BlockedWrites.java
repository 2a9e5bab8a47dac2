package io.cachepolicy.writeback;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Writes that wait for others to be stored first. Used by the flusher that has its turn.
 */
final class BlockedWrites {

	private final Map<PendingWrite, Prerequisite> prerequisites = new LinkedHashMap<>();

	void block(PendingWrite write, Prerequisite prerequisite) {
		write.awaits(prerequisite::awaited);
		this.prerequisites.put(write, prerequisite);
	}

	void unblock(PendingWrite write) {
		this.prerequisites.remove(write);
		write.awaits(null);
	}

	/**
	 * Return what a write waits for.
	 * @param write the write
	 * @return the prerequisite, or {@code null} if it waits for none
	 */
	@Nullable Prerequisite prerequisite(PendingWrite write) {
		return this.prerequisites.get(write);
	}

	boolean contains(PendingWrite write) {
		return this.prerequisites.containsKey(write);
	}

	boolean isEmpty() {
		return this.prerequisites.isEmpty();
	}

	/**
	 * Return whether a write can go on.
	 * @return whether there is one
	 */
	boolean hasUnblocked() {
		Answers answers = new Answers();
		return this.prerequisites.entrySet()
			.stream()
			.anyMatch((entry) -> !entry.getValue().concerns(entry.getKey()) || answers.isMet(entry.getValue()));
	}

	/**
	 * Take the writes that can go on.
	 * @param claimer claims them
	 */
	void take(Claimer claimer) {
		Answers answers = new Answers();
		for (Map.Entry<PendingWrite, Prerequisite> entry : new LinkedHashMap<>(this.prerequisites).entrySet()) {
			if (!claimer.hasRoom()) {
				return;
			}
			PendingWrite write = entry.getKey();
			Prerequisite prerequisite = entry.getValue();
			if (write.state() != PendingWrite.State.WAITING) {
				unblock(write);
			}
			else if (answers.isMet(prerequisite)) {
				unblock(write);
				claimer.claimUnblocked(write, prerequisite);
			}
			else if (!prerequisite.concerns(write)) {
				unblock(write);
				claimer.claim(write);
			}
		}
	}

	/**
	 * Asks each prerequisite once, as many writes may share one that is costly to ask.
	 */
	private static final class Answers {

		private final Map<Prerequisite, Boolean> known = new HashMap<>();

		boolean isMet(Prerequisite prerequisite) {
			return this.known.computeIfAbsent(prerequisite, Prerequisite::isMet);
		}

	}

}
