package io.cachepolicy.writeback;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Writes that a failed call had in common: at least one of them is at fault, or the store
 * is. They are tried again in ever smaller groups.
 *
 * @param writes the writes, in the order in which they are to be stored
 * @param parts into how many groups the failed call was parted
 * @param answers the {@link Evidence#answers answers} of the store before
 * @param suspicion what the call met, {@code null} if there was none
 */
record Suspects(List<PendingWrite> writes, int parts, long answers, @Nullable Suspicion suspicion) {

	/**
	 * Return other writes that were in the same call.
	 * @param others the writes
	 * @return a group
	 */
	Suspects of(List<PendingWrite> others) {
		return new Suspects(others, this.parts, this.answers, this.suspicion);
	}

	/**
	 * Part the writes.
	 * @return groups of about the same size, as many as there are parts or writes
	 */
	List<Suspects> split() {
		List<Suspects> groups = new ArrayList<>();
		int count = Math.min(this.parts, this.writes.size());
		for (int i = 0; i < count; i++) {
			int from = (int) ((long) i * this.writes.size() / count);
			int to = (int) ((i + 1L) * this.writes.size() / count);
			groups.add(of(List.copyOf(this.writes.subList(from, to))));
		}
		return groups;
	}

}
