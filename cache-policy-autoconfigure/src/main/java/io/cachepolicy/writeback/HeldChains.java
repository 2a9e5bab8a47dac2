package io.cachepolicy.writeback;

import java.util.Collection;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.PendingLog.Outcome;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.text.FailureLog;
import io.cachepolicy.writeback.PendingWrite.State;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What writers do to the chains of keys that they hold, as newer values come to the store
 * past the pending writes. Thread-safe.
 * <p>
 * Chains are changed under the lock of their bin alone, as {@link WriteChains} says.
 * While a key is held and none of its writes is in flight, no write of it leaves the
 * chain but by this class.
 */
final class HeldChains {

	private static final Log logger = LogFactory.getLog(HeldChains.class);

	private final FailureLog unexpected = new FailureLog(logger);

	private final ConcurrentMap<Object, PendingWrite> byKey;

	private final WriteChains chains;

	private final Holds holds;

	private final Room room;

	private final WriteQueue queue;

	private final PendingLog log;

	/**
	 * Create held chains, of which none is held.
	 * @param byKey the oldest pending write of each key
	 * @param chains where writes are accepted
	 * @param holds the keys that are held
	 * @param room where the writes own permits
	 * @param queue where the oldest writes of keys stand
	 * @param log where the writes are recorded
	 */
	HeldChains(ConcurrentMap<Object, PendingWrite> byKey, WriteChains chains, Holds holds, Room room, WriteQueue queue,
			PendingLog log) {
		this.byKey = byKey;
		this.chains = chains;
		this.holds = holds;
		this.room = room;
		this.queue = queue;
		this.log = log;
	}

	/**
	 * Hold keys, whose writes up to now can be dropped when the hold ends.
	 * @param keys the keys
	 * @return the sequence number of the last write
	 */
	long hold(Collection<Object> keys) {
		return hold(keys, true);
	}

	/**
	 * Hold keys, as {@link #hold(Collection)} does.
	 * @param keys the keys
	 * @param changing whether the store gets something else than what is pending
	 * @return the sequence number of the last write
	 */
	long hold(Collection<Object> keys, boolean changing) {
		long last = this.chains.lastSequence();
		this.holds.add(keys, last, changing);
		return last;
	}

	/**
	 * Return how many holds of a key have begun that give the store something else than
	 * what is pending.
	 * @param key the key, which is held
	 * @return the number since it is held, {@code -1} if one has not ended
	 */
	long changes(Object key) {
		return this.holds.changes(key);
	}

	/**
	 * Record that a newer value of a held key is about to be stored, if a write that it
	 * supersedes is pending.
	 * @param key the key, of which no write is in flight
	 * @param sequence the sequence number of the last write that is older
	 * @return whether there was one
	 */
	boolean recordHold(Object key, long sequence) {
		boolean[] recorded = new boolean[1];
		this.byKey.computeIfPresent(key, (k, head) -> {
			if (head.sequence() <= sequence) {
				this.holds.during(key, () -> this.log.hold(key, sequence));
				recorded[0] = true;
			}
			return head;
		});
		return recorded[0];
	}

	/**
	 * Drop the pending writes of a held key, up to a sequence number, as the store has a
	 * newer value. A later one becomes the oldest, and is queued when the hold ends.
	 * <p>
	 * Those that an overlapping hold left when it ended are not just dropped: they were
	 * seen to be newer than the value of that hold, which may have come to the store
	 * after this one. So the newest one stays, with the stored value of this hold.
	 * @param key the key
	 * @param sequence the sequence number
	 * @param stored yields what was stored, called outside of any lock; {@code null} for
	 * what can't be stored once more
	 * @param context the context of its writer
	 * @return how many writes were dropped
	 */
	int drop(Object key, long sequence, Supplier<@Nullable Object> stored, @Nullable WriteContext context) {
		// A hold that begins after this look, and ends first, drops the same and more
		Object again = (this.holds.isOverlapped(key)) ? stored.get() : null;
		PendingLog.Entry entry = (again != null) ? prepareIfPossible(key, again) : PendingLog.Entry.NONE;
		Drop drop = new Drop(sequence, again, context, entry);
		this.byKey.computeIfPresent(key, drop);
		if (!drop.replaced) {
			entry.cancel();
		}
		this.room.leave(drop.count);
		this.queue.leaveBehind(drop.count);
		return drop.count;
	}

	/**
	 * Make ready to record what is in the store already, so that the write can't be
	 * refused any more.
	 * @param key the key
	 * @param value the value
	 * @return the entry, one of no log if there is no room for it
	 */
	private PendingLog.Entry prepareIfPossible(Object key, Object value) {
		try {
			PendingLog.Entry entry = this.log.prepare(key, value);
			return (entry != null) ? entry : PendingLog.Entry.NONE;
		}
		catch (RuntimeException ex) {
			this.unexpected
				.warn("Stored values of keys that several writes changed at the same time could not be recorded", ex);
			return PendingLog.Entry.NONE;
		}
	}

	/**
	 * Let a hold cover what was accepted since it began.
	 * @param key the key, which is held
	 * @return the sequence number of the last write
	 */
	long extendHold(Object key) {
		long last = this.chains.lastSequence();
		this.holds.extend(key, last);
		return last;
	}

	/**
	 * Note that the row of a held key was changed by another writer. What is about to be
	 * committed was stored before that.
	 * @param key the key
	 * @param sequence the sequence number of the last write that did not know of it
	 * @param removed whether the row is gone, so that waiting writes are dropped
	 * @param winning whether waiting writes are to be written over what the row holds
	 * @return how many writes were dropped
	 */
	int overtake(Object key, long sequence, boolean removed, boolean winning) {
		int[] dropped = new int[1];
		this.byKey.computeIfPresent(key, (k, head) -> {
			PendingWrite newest = head.newest();
			PendingWrite write = head;
			while (write != null && write.sequence() <= sequence) {
				boolean waiting = write.state() == State.WAITING;
				if (removed && waiting && write == head) {
					write.state(State.DONE);
					PendingWrite newer = write.newer();
					this.log.settle(key, write.sequence(), Outcome.SUPERSEDED, (newer != null) ? newer.sequence() : 0);
					dropped[0]++;
					head = newer;
					write = newer;
				}
				else {
					write.overtake(winning && waiting && !removed);
					write = write.newer();
				}
			}
			if (head != null && dropped[0] > 0) {
				head.newest(newest);
			}
			return head;
		});
		this.room.leave(dropped[0]);
		this.queue.leaveBehind(dropped[0]);
		return dropped[0];
	}

	/**
	 * End a hold of {@link #hold(Collection)}.
	 * @param keys the keys
	 */
	void unhold(Collection<Object> keys) {
		unhold(keys, true);
	}

	/**
	 * End a hold. What is pending is made due, as the flusher may have skipped it.
	 * @param keys the keys
	 * @param changing as it was when the hold began
	 */
	void unhold(Collection<Object> keys, boolean changing) {
		for (Object key : keys) {
			this.holds.end(key, changing, () -> this.log.release(key));
			this.chains.expedite(key);
		}
	}

	/**
	 * Drops the older writes of a held key, under the lock of the key's bin.
	 */
	private final class Drop implements BiFunction<Object, PendingWrite, @Nullable PendingWrite> {

		private final long sequence;

		private final @Nullable Object again;

		private final @Nullable WriteContext context;

		private final PendingLog.Entry entry;

		private int count;

		private boolean replaced;

		Drop(long sequence, @Nullable Object again, @Nullable WriteContext context, PendingLog.Entry entry) {
			this.sequence = sequence;
			this.again = again;
			this.context = context;
			this.entry = entry;
		}

		@Override
		public @Nullable PendingWrite apply(Object key, PendingWrite head) {
			boolean seen = head.sequence() <= HeldChains.this.holds.seenAfterOne(key);
			PendingWrite newest = head.newest();
			PendingWrite write = head;
			while (write != null && write.sequence() <= this.sequence) {
				PendingWrite newer = write.newer();
				if (seen && this.again != null && (newer == null || newer.sequence() > this.sequence)) {
					write.replace(this.again, this.context);
					this.entry.append(write.sequence(), write.revision());
					this.replaced = true;
					break;
				}
				write.state(State.DONE);
				HeldChains.this.log.settle(key, write.sequence(), Outcome.SUPERSEDED,
						(newer != null) ? newer.sequence() : 0);
				this.count++;
				write = newer;
			}
			if (write != null) {
				write.newest(newest);
				HeldChains.this.holds.left(key, newest.sequence());
			}
			return write;
		}

	}

}
