package io.cachepolicy.writeback;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Writes that wait elsewhere than in the queue: to be tried again, or for others to be
 * stored first. Used by the flusher that has its turn.
 */
final class Aside {

	private final Set<PendingWrite> retries = new LinkedHashSet<>();

	private final Map<PendingWrite, Prerequisite> blocked = new LinkedHashMap<>();

	/**
	 * Return whether a write waits here.
	 * @param write the write
	 * @return whether its time has not come, although it may be urgent
	 */
	boolean contains(PendingWrite write) {
		return isRetried(write) || this.blocked.containsKey(write);
	}

	// ---- To be tried again ----

	void retry(PendingWrite write) {
		this.retries.add(write);
	}

	boolean isRetried(PendingWrite write) {
		return this.retries.contains(write);
	}

	Collection<PendingWrite> retries() {
		return Collections.unmodifiableSet(this.retries);
	}

	void removeRetry(PendingWrite write) {
		this.retries.remove(write);
	}

	// ---- Waiting for others ----

	void block(PendingWrite write, Prerequisite prerequisite) {
		this.blocked.put(write, prerequisite);
	}

	void unblock(PendingWrite write) {
		this.blocked.remove(write);
	}

	/**
	 * Return what a write waits for.
	 * @param write the write
	 * @return the prerequisite, or {@code null} if it waits for none
	 */
	@Nullable Prerequisite prerequisite(PendingWrite write) {
		return this.blocked.get(write);
	}

	boolean hasBlocked() {
		return !this.blocked.isEmpty();
	}

	Map<PendingWrite, Prerequisite> blocked() {
		return new LinkedHashMap<>(this.blocked);
	}

	/**
	 * Return whether a write that was blocked can go on.
	 * @return whether there is one
	 */
	boolean hasUnblocked() {
		Answers answers = new Answers();
		return this.blocked.entrySet()
			.stream()
			.anyMatch((entry) -> !entry.getValue().concerns(entry.getKey()) || answers.isMet(entry.getValue()));
	}

	/**
	 * Asks each prerequisite once, as many writes may share one that is costly to ask.
	 */
	static final class Answers {

		private final Map<Prerequisite, Boolean> known = new HashMap<>();

		boolean isMet(Prerequisite prerequisite) {
			return this.known.computeIfAbsent(prerequisite, Prerequisite::isMet);
		}

	}

}
