package io.cachepolicy.writeback;

import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * Single writes that failed, in the order in which they are to be tried again. Used by
 * the flusher that has its turn.
 */
final class Retries {

	private final Map<PendingWrite, Retry> byWrite = new IdentityHashMap<>();

	private final NavigableSet<Retry> byTime = new TreeSet<>(order(false));

	private final NavigableSet<Retry> byTimeInAHurry = new TreeSet<>(order(true));

	private long added;

	private static Comparator<Retry> order(boolean hurry) {
		// Times in nanoseconds are compared by their difference
		return ((Comparator<Retry>) (a, b) -> Long.signum(a.at(hurry) - b.at(hurry))).thenComparing(Retry::id);
	}

	void add(PendingWrite write) {
		remove(write);
		Attempts attempts = write.attempts();
		long at = (attempts != null) ? attempts.retryAt(false) : System.nanoTime();
		long atInAHurry = (attempts != null) ? attempts.retryAt(true) : at;
		Retry retry = new Retry(write, at, atInAHurry, ++this.added);
		this.byWrite.put(write, retry);
		this.byTime.add(retry);
		this.byTimeInAHurry.add(retry);
	}

	void remove(PendingWrite write) {
		Retry retry = this.byWrite.remove(write);
		if (retry != null) {
			this.byTime.remove(retry);
			this.byTimeInAHurry.remove(retry);
		}
	}

	boolean contains(PendingWrite write) {
		return this.byWrite.containsKey(write);
	}

	boolean isEmpty() {
		return this.byWrite.isEmpty();
	}

	/**
	 * Return when the first one is to be tried again.
	 * @param now the time in nanoseconds
	 * @param hurry whether there is little time left
	 * @return the nanoseconds to wait, {@link Long#MAX_VALUE} if there is none
	 */
	long nanosUntilDue(long now, boolean hurry) {
		return isEmpty() ? Long.MAX_VALUE : Math.max(0, first(hurry).at(hurry) - now);
	}

	/**
	 * Take a write whose time has come.
	 * @param now the time in nanoseconds
	 * @param hurry whether there is little time left
	 * @return the write, or {@code null} if there is none
	 */
	@Nullable PendingWrite poll(long now, boolean hurry) {
		if (nanosUntilDue(now, hurry) > 0) {
			return null;
		}
		PendingWrite write = first(hurry).write();
		remove(write);
		return write;
	}

	private Retry first(boolean hurry) {
		return (hurry) ? this.byTimeInAHurry.first() : this.byTime.first();
	}

	/**
	 * A write with the times of its next attempt, in nanoseconds.
	 */
	private record Retry(PendingWrite write, long time, long timeInAHurry, long id) {

		long at(boolean hurry) {
			return (hurry) ? this.timeInAHurry : this.time;
		}

	}

}
