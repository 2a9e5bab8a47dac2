package io.cachepolicy.writeback;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

import io.cachepolicy.writeback.PendingWrite.State;
import org.jspecify.annotations.Nullable;

/**
 * Due writes that were taken out of the queue, to be flushed in the order of their keys.
 * <p>
 * The store writes the rows of a batch in the order of their ids. If the batches of a
 * flush follow each other in that order too, each of them touches a few pages of the
 * table and of its index, instead of a few rows of every page. Keys without an order are
 * left as they came. Puts and deletes are not taken together: what a deleted row leaves
 * may be what another one needs, such as a unique name.
 * <p>
 * A write in here waits as in the queue: its value may be replaced, and its key be held,
 * dropped or claimed by others. What was taken as one of the youngest, or claimed
 * elsewhere, is left behind and passed over later. Used by the flusher that has its turn.
 */
final class Sweep {

	private static final int MANY_LEFT_BEHIND = 1000;

	private final long limit;

	private final List<PendingWrite> taken = new ArrayList<>();

	private final Deque<PendingWrite> ordered = new ArrayDeque<>();

	/**
	 * The same writes, as they were accepted.
	 */
	private final Deque<PendingWrite> byAge = new ArrayDeque<>();

	/**
	 * How many writes are so many that some of them may be left behind.
	 */
	private int many = MANY_LEFT_BEHIND;

	/**
	 * Create an empty sweep.
	 * @param limit how many writes it takes
	 */
	Sweep(long limit) {
		this.limit = limit;
	}

	boolean isEmpty() {
		return this.ordered.isEmpty();
	}

	/**
	 * Return whether a write may be {@link #add added} to those that were since the last
	 * call of {@link #order}.
	 * @param write the write
	 * @return {@code false} if there are enough, or if it is of another kind
	 */
	boolean accepts(PendingWrite write) {
		return this.taken.isEmpty()
				|| (this.taken.size() < this.limit && this.taken.get(0).isDelete() == write.isDelete());
	}

	void add(PendingWrite write) {
		this.taken.add(write);
	}

	/**
	 * Put what was added in order, behind what is left of earlier ones.
	 */
	void order() {
		this.ordered.addAll(isOrdered(this.taken) ? sorted(this.taken) : this.taken);
		this.byAge.addAll(this.taken);
		this.taken.clear();
		if (this.ordered.size() > this.many) {
			this.ordered.removeIf(Sweep::isLeftBehind);
			this.byAge.removeIf(Sweep::isLeftBehind);
			this.many = Math.max(MANY_LEFT_BEHIND, 2 * this.ordered.size());
		}
	}

	private static boolean isLeftBehind(PendingWrite write) {
		return write.state() == State.DONE;
	}

	private static List<PendingWrite> sorted(List<PendingWrite> writes) {
		// A copy, as a sort that fails leaves some elements twice and others not at all
		List<PendingWrite> sorted = new ArrayList<>(writes);
		try {
			sorted.sort(Comparator.comparing(Sweep::comparable));
			return sorted;
		}
		catch (RuntimeException | StackOverflowError ex) {
			// Any order is right, and a key that can't be compared is to be stored too
			return writes;
		}
	}

	private static boolean isOrdered(List<PendingWrite> writes) {
		Class<?> type = (!writes.isEmpty()) ? writes.get(0).key().getClass() : Object.class;
		return Comparable.class.isAssignableFrom(type)
				&& writes.stream().allMatch((write) -> write.key().getClass() == type);
	}

	@SuppressWarnings("unchecked")
	private static Comparable<Object> comparable(PendingWrite write) {
		return (Comparable<Object>) write.key();
	}

	/**
	 * Take the next write.
	 * @return the write, or {@code null} if there is none
	 */
	@Nullable PendingWrite poll() {
		PendingWrite next = this.ordered.poll();
		if (this.ordered.isEmpty()) {
			this.byAge.clear();
		}
		return next;
	}

	/**
	 * Return the write that was accepted last.
	 * @return the write, or {@code null} if there is none
	 */
	@Nullable PendingWrite peekYoungest() {
		PendingWrite youngest = this.byAge.peekLast();
		while (youngest != null && youngest.state() != State.WAITING) {
			this.byAge.removeLast();
			youngest = this.byAge.peekLast();
		}
		return youngest;
	}

	/**
	 * Take the write that was accepted last.
	 * @return the write, or {@code null} if there is none
	 */
	@Nullable PendingWrite pollYoungest() {
		PendingWrite youngest = peekYoungest();
		if (youngest != null) {
			this.byAge.removeLast();
		}
		return youngest;
	}

}
