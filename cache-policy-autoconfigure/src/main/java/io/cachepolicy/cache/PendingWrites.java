package io.cachepolicy.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one cache that were accepted and are not yet in the store.
 * <p>
 * A write is accepted in two steps: {@link #reserve room is reserved}, which may block or
 * fail and is done before the caller's transaction commits, then the write
 * {@link Reservation#accept takes that room}, which can't fail. A write that goes to the
 * store at once {@link #hold holds} its key meanwhile, so that no older pending write of
 * it is stored after the newer value.
 */
public interface PendingWrites {

	/**
	 * Return the last pending value of a key.
	 * @param key the key
	 * @return the value, {@link Absent#VALUE}, or {@code null} if nothing is pending or
	 * if the row was changed since by another writer
	 */
	@Nullable Object find(Object key);

	/**
	 * Return whether a removal of a key is pending, or was before another pending write
	 * took its place: the row that was to be removed may be there.
	 * @param key the key
	 * @return whether what is stored next has to be written over the row
	 */
	boolean isOverRemoval(Object key);

	/**
	 * Accept a write outside of a transaction: reserve and accept in one step. A write
	 * that coalesces with a pending one needs no room.
	 * @param key the key
	 * @param value the value, not changed by anyone from now on, or {@link Absent#VALUE}
	 * @return {@code false} if there is no room and the write is to be written through
	 * @throws io.cachepolicy.WriteRefusedException if there is no room
	 */
	boolean offer(Object key, Object value);

	/**
	 * Accept a write as {@link #offer} does, but leave it to a later {@link #force} to
	 * let it outlive the process.
	 * @param key the key
	 * @param value the value, not changed by anyone from now on, or {@link Absent#VALUE}
	 * @return {@code false} if there is no room and the write is to be written through
	 * @throws io.cachepolicy.WriteRefusedException if there is no room
	 */
	boolean offerUnforced(Object key, Object value);

	/**
	 * Wait until what this thread wrote outlives the process, if the cache is durable.
	 * @return {@code false} if that failed, and the writes are to be written through
	 * @throws io.cachepolicy.WriteNotRecordedException if that failed
	 */
	boolean force();

	/**
	 * Return whether writes need nothing that is pending to be stored before them.
	 * @param writes the values by key, {@link Absent#VALUE} for removals
	 * @return whether they may be written through at any time
	 */
	boolean isIndependent(Map<Object, Object> writes);

	/**
	 * Take room for writes, and make ready to accept them.
	 * @param writes the values by key, {@link Absent#VALUE} for removals
	 * @param patient whether to wait for room if the settings say so; else the writes are
	 * to be written through
	 * @return the reservation, to be ended; {@code null} if there is no room and the
	 * writes are to be written through
	 * @throws io.cachepolicy.WriteRefusedException if there is no room
	 */
	@Nullable Reservation reserve(Map<Object, Object> writes, boolean patient);

	/**
	 * Keep pending writes of keys from being stored until the hold ends. Waits for those
	 * that are on their way, or takes them away from the store: a caller that has a
	 * connection, or locks rows, may have what they need.
	 * @param keys the keys
	 * @param patient whether to wait for all of them; else only for those that the store
	 * is about to commit
	 * @return the hold, to be ended by exactly one of its methods
	 * @throws io.cachepolicy.WriteRefusedException if a write on its way takes too long
	 */
	Hold hold(Collection<Object> keys, boolean patient);

	/**
	 * Keep pending writes of a key from being stored while a transaction changes its row
	 * without the cache. Waits for nobody: what the store is about to commit goes on, and
	 * the transaction has its row after that.
	 * @param key the key
	 * @return the guard, to be ended
	 */
	Guard guard(Object key);

	/**
	 * Keep pending writes of keys from being stored until the hold ends, to store them
	 * otherwise. Waits only for those that the store is about to commit.
	 * @param keys the keys
	 * @return the hold, to be ended by exactly one of the methods of a {@link Hold}
	 * @throws io.cachepolicy.WriteRefusedException if a write on its way takes too long
	 */
	AheadHold holdAhead(Collection<Object> keys);

	/**
	 * Return how many keys {@link #holdAhead} is to be called with.
	 * @return the most keys
	 */
	int batchSize();

	/**
	 * Ask for an early flush of a key's pending write, if it has one. Never blocks.
	 * @param key the key
	 */
	void expedite(Object key);

	/**
	 * Return the number of pending writes, reserved room not included.
	 * @return the number of pending writes
	 */
	long size();

	/**
	 * Return the keys of the pending writes.
	 * @return a snapshot
	 */
	Set<Object> keys();

	/**
	 * Flush what was accepted up to now and wait for it.
	 * @param timeout the longest to wait
	 * @return what became of the writes
	 */
	default FlushReport flush(Duration timeout) {
		return requestFlush().await(timeout);
	}

	/**
	 * Start to flush what was accepted up to now.
	 * @return the flush, to be awaited once
	 */
	RequestedFlush requestFlush();

	/**
	 * Return the dead letters, oldest first.
	 * @return a snapshot
	 */
	List<DeadLetter> deadLetters();

	/**
	 * Return the dead letter that is kept under the id of another one.
	 * @param letter the other one
	 * @return the dead letter, or {@code null} if it is no longer kept
	 */
	@Nullable DeadLetter findDeadLetter(DeadLetter letter);

	/**
	 * Take out the dead letter that is kept under the id of another one.
	 * @param letter the other one
	 * @return whether it was still kept
	 */
	boolean discard(DeadLetter letter);

	/**
	 * Return what became of the writes so far.
	 * @return a snapshot
	 */
	WriteCounts counts();

	/**
	 * Return how the writes are now. The cost grows with the number of pending writes.
	 * @return a snapshot
	 */
	WriteStatus status();

	/**
	 * Accept writes, again after {@link #close} and {@link #suspend}, and flush them.
	 */
	void open();

	/**
	 * Accept no more writes, which are to be written through from now on, and flush none:
	 * those that were recovered wait until {@link #open}.
	 */
	void suspend();

	/**
	 * Accept no more writes, which are to be written through from now on, and start to
	 * flush the pending ones.
	 */
	void close();

	/**
	 * Wait until nothing is pending, after {@link #close}. What is pending at the timeout
	 * is logged.
	 * @param timeout the longest to wait
	 * @return what became of the writes
	 */
	FlushReport awaitDrained(Duration timeout);

	/**
	 * Room that was taken for writes, of which each is accepted or released. Used by one
	 * thread.
	 */
	interface Reservation {

		/**
		 * Record the writes before the transaction commits: if the process dies before
		 * they are accepted, they are in doubt.
		 * @return {@code false} if that is impossible, and the writes are to be written
		 * through
		 * @throws io.cachepolicy.WriteRefusedException if that is impossible
		 */
		boolean promise();

		/**
		 * The transaction has committed: all writes are about to be accepted or released,
		 * and are recorded as a whole.
		 */
		void commit();

		/**
		 * Accept a write.
		 * @param key the key
		 * @param value the value, not changed by anyone from now on, or
		 * {@link Absent#VALUE}; another one than before if that was still to change
		 */
		void accept(Object key, Object value);

		/**
		 * Accept the write of a dead letter once more, which is taken out. If a newer
		 * write of its key was accepted meanwhile, this one is not, and the room is given
		 * back.
		 * @param letter the dead letter
		 * @param value the value, not changed by anyone from now on, or
		 * {@link Absent#VALUE}
		 * @return whether the write was accepted
		 */
		boolean replay(DeadLetter letter, Object value);

		/**
		 * Give back the room of writes that will not be accepted.
		 * @param keys their keys
		 */
		void release(Collection<?> keys);

		/**
		 * End the reservation: give back all room that is left.
		 */
		void cancel();

	}

	/**
	 * A hold on keys.
	 */
	interface Hold {

		/**
		 * End the hold: the store has a newer value than what was pending when the hold
		 * began, which is dropped. What was accepted since stays: its writer may have
		 * read the newer value.
		 * <p>
		 * If another hold that overlaps with this one ended first, its value may be the
		 * one that the store has now. What was accepted between the two was read as newer
		 * than that one, so that it must not come back: the value of this hold takes the
		 * place of what was pending, and is stored once more.
		 * @param stored yields the stored value of a key, {@link Absent#VALUE} for none;
		 * {@code null} if there can't be a copy of it
		 */
		void supersede(Function<Object, @Nullable Object> stored);

		/**
		 * End the hold: nothing was stored, pending writes stay.
		 */
		void release();

	}

	/**
	 * A hold on keys of which the pending writes are stored in the caller's transaction.
	 */
	interface AheadHold extends Hold {

		/**
		 * Store what is pending in the caller's transaction. It stays pending until the
		 * hold ends.
		 * @return what is stored, by key, {@link Absent#VALUE} for removals; {@code null}
		 * if nothing was stored, as that is not possible for one of the keys, or as
		 * another writer changes its row
		 */
		@Nullable Map<Object, Object> write();

	}

	/**
	 * Keeps pending writes of a key from being stored over a row that a transaction
	 * changes without the cache.
	 */
	interface Guard {

		/**
		 * Guard also against what was accepted since: nobody has seen the row yet.
		 */
		void extend();

		/**
		 * The row was changed. What was pending is in conflict with it, unless the
		 * settings say that the cache wins, and is not read any more. A newer write takes
		 * its place.
		 * @param removed whether the row is gone, so that a pending write of it is
		 * dropped
		 */
		void changed(boolean removed);

		/**
		 * End the guard.
		 */
		void release();

	}

	/**
	 * What the cache does when a pending write has left.
	 */
	interface Listener {

		/**
		 * A pending write was stored, from when on it is visible to transactions that
		 * begin. Called while the write still counts as pending.
		 * @param key the key
		 * @param value the value that was accepted, or {@link Absent#VALUE}
		 * @param stored what the store holds now, {@code null} if that is not known
		 */
		void onWritten(Object key, Object value, @Nullable Object stored);

		/**
		 * A write was given up, mostly as a dead letter: the entry is to be forgotten, so
		 * that readers see the store again.
		 * @param key the key
		 */
		void onGivenUp(Object key);

		/**
		 * The store was written. Called once per call of the store, while the writes
		 * still count as pending.
		 * @param keys the keys of the writes
		 */
		void onStoreChanged(Collection<Object> keys);

	}

	/**
	 * A flush that goes on.
	 */
	@FunctionalInterface
	interface RequestedFlush {

		/**
		 * Nothing was pending.
		 */
		RequestedFlush EMPTY = (timeout) -> FlushReport.EMPTY;

		/**
		 * Wait for the flush. To be called once, as it is forgotten then.
		 * @param timeout the longest to wait
		 * @return what became of the writes
		 */
		FlushReport await(Duration timeout);

	}

	/**
	 * Creates the pending writes of a cache.
	 */
	@FunctionalInterface
	interface Factory {

		/**
		 * Create the pending writes of a cache.
		 * @param cacheName the name of the cache
		 * @param spec how the cache defers writes
		 * @param store the store
		 * @param listener told of writes that left
		 * @return the pending writes, open
		 */
		PendingWrites create(String cacheName, WriteBackSpec spec, BackingStore store, Listener listener);

	}

}
