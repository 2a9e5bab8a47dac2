package io.cachepolicy.writeback;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;

/**
 * The keys that are held, because newer values of them are on their way to the store past
 * the pending writes. Thread-safe.
 * <p>
 * A hold is counted before the pending writes of its key are looked at, a claim looks at
 * the holds under the lock of the key's bin, and a writer that replaces a write under the
 * monitor of that write: either they see the hold, or the holder sees what they did. The
 * lock of a key's holds may be taken under that of its bin and the monitors of its
 * writes, never the other way round.
 */
final class Holds {

	private final ConcurrentMap<Object, Held> held = new ConcurrentHashMap<>();

	/**
	 * Hold keys.
	 * @param keys the keys
	 * @param last the sequence number of the last write, up to which the hold covers them
	 * @param changing whether the store gets something else than what is pending
	 */
	void add(Collection<Object> keys, long last, boolean changing) {
		Held added = new Held(1, last, 0, changing ? 1 : 0, changing ? 1 : 0);
		keys.forEach((key) -> this.held.merge(key, added, Held::plus));
	}

	/**
	 * End a hold of a key.
	 * @param key the key
	 * @param changing as it was when the hold began
	 * @param onLast run if there is no other hold, under the lock of the key's holds
	 */
	void end(Object key, boolean changing, Runnable onLast) {
		this.held.computeIfPresent(key, (k, held) -> {
			Held left = held.minusOne(changing);
			if (left == null) {
				onLast.run();
			}
			return left;
		});
	}

	/**
	 * Do something while a key is held, under the lock of the key's holds.
	 * @param key the key, which is held
	 * @param action the action
	 */
	void during(Object key, Runnable action) {
		this.held.computeIfPresent(key, (k, held) -> {
			action.run();
			return held;
		});
	}

	/**
	 * Let the holds of a key cover more.
	 * @param key the key, which is held
	 * @param last the sequence number of the last write
	 */
	void extend(Object key, long last) {
		this.held.computeIfPresent(key, (k, held) -> held.covering(last));
	}

	/**
	 * Return how many holds of a key have begun that give the store something else than
	 * what is pending, since the key is held without a break.
	 * @param key the key, which is held
	 * @return the number, {@code -1} if one has not ended
	 */
	long changes(Object key) {
		Held held = this.held.get(key);
		return (held == null || held.changing() > 0) ? -1 : held.changes();
	}

	boolean contains(Object key) {
		return this.held.containsKey(key);
	}

	/**
	 * Return whether a write is one that a hold of its key may drop.
	 * @param write the write
	 * @return whether nothing is to coalesce with it
	 */
	boolean covers(PendingWrite write) {
		Held held = this.held.get(write.key());
		return held != null && write.sequence() <= held.last();
	}

	/**
	 * Return whether a hold of a key overlaps with another one, which may have ended.
	 * @param key the key, which is held
	 * @return whether there is or was another one
	 */
	boolean isOverlapped(Object key) {
		Held held = this.held.get(key);
		return held != null && held.isOverlapped();
	}

	/**
	 * Return up to which write a key was seen to be newer than the value of a hold that
	 * has ended, and overlapped with one that has not.
	 * @param key the key
	 * @return the sequence number, {@code 0} if there is none
	 */
	long seenAfterOne(Object key) {
		Held held = this.held.get(key);
		return (held != null) ? held.seen() : 0;
	}

	/**
	 * Note what one of several holds of a key left when it ended.
	 * @param key the key
	 * @param newest the sequence number of the newest write that is still pending
	 */
	void left(Object key, long newest) {
		this.held.computeIfPresent(key, (k, held) -> held.left(newest));
	}

	/**
	 * Holds on one key.
	 *
	 * @param count how many there are
	 * @param last the sequence number of the last write when the key was last held
	 * @param seen the sequence number of the last write that was left when one of several
	 * holds ended with a newer value in the store; {@code 0} if there was none
	 * @param changing how many of them give the store something else than what is pending
	 * @param changes how many of those have begun
	 */
	private record Held(int count, long last, long seen, int changing, long changes) {

		Held plus(Held other) {
			return new Held(this.count + other.count, Math.max(this.last, other.last), this.seen,
					this.changing + other.changing, this.changes + other.changes);
		}

		@Nullable Held minusOne(boolean changing) {
			return (this.count > 1)
					? new Held(this.count - 1, this.last, this.seen, this.changing - (changing ? 1 : 0), this.changes)
					: null;
		}

		Held covering(long newest) {
			return new Held(this.count, Math.max(this.last, newest), this.seen, this.changing, this.changes);
		}

		Held left(long newest) {
			return (this.count > 1) ? new Held(this.count, this.last, newest, this.changing, this.changes) : this;
		}

		boolean isOverlapped() {
			return this.count > 1 || this.seen > 0;
		}

	}

}
