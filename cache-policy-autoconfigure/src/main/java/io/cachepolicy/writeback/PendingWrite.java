package io.cachepolicy.writeback;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContext;
import org.jspecify.annotations.Nullable;

/**
 * One accepted write of one key. The writes of a key form a chain, from the oldest to the
 * newest.
 * <p>
 * {@link WriteChains} alone changes state, value and the link to the newer write, under
 * this write's monitor. While a write is in flight it is not replaced: its claimant sets
 * the {@link #attempts}, and the value as it was stored. Readers see what is volatile.
 * What comes with the value is not: it is read under the monitor, under the lock of the
 * key's bin if the write is not the oldest, or by the thread that claimed it.
 */
final class PendingWrite implements Queued {

	private static final PendingLog.Revision FIRST = new PendingLog.Revision(0, false);

	private final Object key;

	private final long sequence;

	private final long since;

	private long revision;

	private volatile Object value;

	private @Nullable WriteContext context;

	private boolean overwriting;

	/**
	 * Whether another writer has changed the row since the value was accepted.
	 */
	private volatile boolean overtaken;

	private volatile @Nullable PendingWrite newer;

	/**
	 * Of the oldest write of a key, the newest one; {@code null} for itself.
	 */
	private volatile @Nullable PendingWrite newest;

	private volatile State state = State.WAITING;

	/**
	 * Set while the write is in flight, under the lock of the key's bin.
	 */
	private @Nullable Flight flight;

	private volatile @Nullable Attempts attempts;

	private volatile boolean urgent;

	private volatile boolean awaited;

	/**
	 * When the value was accepted.
	 */
	private volatile long order;

	private volatile @Nullable Supplier<Collection<PendingWrite>> awaits;

	PendingWrite(Object key, Object value, @Nullable WriteContext context, long sequence, long since) {
		this(key, value, context, sequence, FIRST, since);
	}

	/**
	 * Create a write.
	 * @param key the key
	 * @param value the value
	 * @param context the context of its writer
	 * @param sequence its sequence number
	 * @param revision how often its value was replaced, and of what
	 * @param since when the key became pending, in nanoseconds
	 */
	PendingWrite(Object key, Object value, @Nullable WriteContext context, long sequence, PendingLog.Revision revision,
			long since) {
		this.key = key;
		this.revision = revision.number();
		this.overwriting = revision.overwriting();
		this.value = value;
		this.context = context;
		this.sequence = sequence;
		this.order = sequence;
		this.since = since;
	}

	Object key() {
		return this.key;
	}

	/**
	 * Return the position of this write among all accepted ones. Coalescing keeps it.
	 * @return the sequence number
	 */
	long sequence() {
		return this.sequence;
	}

	/**
	 * Return when the value was accepted, among the writes of all caches.
	 * @return the number of the last write that was accepted before, or of this one
	 */
	long order() {
		return this.order;
	}

	/**
	 * Set when the value was accepted, after it took the place of an older one.
	 * @param order a number that does not become smaller
	 */
	void order(long order) {
		this.order = order;
	}

	/**
	 * Return whether the key of this write was pending when the value of another write
	 * was accepted. A value that took the place of an older one counts as accepted with
	 * the last write before it.
	 * @param other the other write
	 * @return whether it was
	 */
	boolean isPendingSince(PendingWrite other) {
		return this != other && this.sequence <= other.order;
	}

	/**
	 * Return the revision of the value: together with the sequence number it tells values
	 * apart that coalesced.
	 * @return how often a newer value took the place of an older one, and of what
	 */
	PendingLog.Revision revision() {
		return new PendingLog.Revision(this.revision, this.overwriting);
	}

	/**
	 * Return when the key became pending. Coalescing keeps it, so that a key that is
	 * written all the time is not postponed for ever.
	 * @return the time in nanoseconds
	 */
	long since() {
		return this.since;
	}

	Object value() {
		return this.value;
	}

	void value(Object value) {
		this.value = value;
	}

	/**
	 * Return whether the value took the place of a pending delete: whatever the row holds
	 * was to be deleted before.
	 * @return whether the value is written over what another writer left
	 */
	boolean isOverwriting() {
		return this.overwriting;
	}

	/**
	 * Return whether this is a delete, or was one before another value took its place.
	 * @return whether the row is one that was to be deleted
	 */
	synchronized boolean isOverRemoval() {
		return isDelete() || this.overwriting;
	}

	@Nullable WriteContext context() {
		return this.context;
	}

	/**
	 * Take the value of a newer write of the key, which has not been tried yet.
	 * @param value the value
	 * @param context the context of its writer
	 */
	synchronized void replace(Object value, @Nullable WriteContext context) {
		this.overwriting = !Absent.is(value) && (this.overwriting || isDelete());
		this.context = context;
		this.value = value;
		this.overtaken = false;
		this.revision++;
		Attempts before = this.attempts;
		if (before != null) {
			this.attempts = before.renewed();
		}
	}

	/**
	 * Take the place of a newer write of the key. That one may have taken the place of a
	 * pending delete, which is not to be forgotten.
	 * @param newer the newer write
	 */
	synchronized void replaceBy(PendingWrite newer) {
		replace(newer.value, newer.context);
		this.order = newer.order;
		this.overwriting |= newer.overwriting;
		this.overtaken = newer.overtaken;
	}

	/**
	 * Return whether another writer has changed the row since the value was accepted.
	 * @return whether the value is in conflict with the row, and not to be read
	 */
	boolean isOvertaken() {
		return this.overtaken;
	}

	/**
	 * Note that another writer has changed the row.
	 * @param winning whether the value is to be written over that
	 */
	synchronized void overtake(boolean winning) {
		if (winning) {
			this.overwriting |= !isDelete();
		}
		else {
			this.overtaken = true;
		}
	}

	boolean isDelete() {
		return Absent.is(this.value);
	}

	@Nullable PendingWrite newer() {
		return this.newer;
	}

	synchronized void newer(@Nullable PendingWrite newer) {
		this.newer = newer;
	}

	/**
	 * An older write of the key took the place of this one, and waits with its value.
	 * @param older the older write
	 */
	synchronized void mergeInto(PendingWrite older) {
		this.newer = older;
		this.state = State.MERGED;
	}

	/**
	 * Return the write that has the value of this one: itself, unless an older one took
	 * its place.
	 * @return the write
	 */
	PendingWrite merged() {
		PendingWrite write = this;
		while (write.state == State.MERGED) {
			PendingWrite older = write.newer;
			if (older == null) {
				break;
			}
			write = older;
		}
		return write;
	}

	/**
	 * Return the newest write of the key of which this one is the oldest. A chain may be
	 * long where writes do not coalesce, so it is not walked.
	 * @return the newest write
	 */
	PendingWrite newest() {
		PendingWrite newest = this.newest;
		return (newest != null) ? newest : this;
	}

	void newest(PendingWrite newest) {
		this.newest = newest;
	}

	State state() {
		return this.state;
	}

	synchronized void state(State state) {
		this.state = state;
	}

	/**
	 * Return whether the write is not stored yet, and stands for itself.
	 * @return whether it waits or is in flight
	 */
	boolean isPending() {
		return this.state == State.WAITING || this.state == State.IN_FLIGHT;
	}

	/**
	 * Begin the way to the store.
	 * @return the flight
	 */
	Flight takeOff() {
		Flight begun = new Flight();
		this.flight = begun;
		state(State.IN_FLIGHT);
		return begun;
	}

	/**
	 * End the way to the store, without success.
	 */
	void returnToWait() {
		this.flight = null;
		state(State.WAITING);
	}

	/**
	 * Take the write away from the store, which has not committed it.
	 * @return {@code false} if it is about to
	 */
	boolean revoke() {
		return this.flight != null && this.flight.revoke();
	}

	@Nullable Attempts attempts() {
		return this.attempts;
	}

	void attempts(@Nullable Attempts attempts) {
		this.attempts = attempts;
	}

	/**
	 * Return whether the key is among the urgent ones already, so that these do not pile
	 * up while the store is away.
	 * @return whether the write is going to be looked at
	 */
	boolean isUrgent() {
		return this.urgent;
	}

	void urgent(boolean urgent) {
		this.urgent = urgent;
	}

	/**
	 * Return whether another write waits for this one to be stored, so that it is due as
	 * soon as it is the oldest of its key.
	 * @return whether it is awaited
	 */
	boolean isAwaited() {
		return this.awaited;
	}

	void awaited(boolean awaited) {
		this.awaited = awaited;
	}

	/**
	 * Return the writes for which this one waits. They are told here to other caches,
	 * whose writes may wait for this one.
	 * @return the writes, empty if it waits for none
	 */
	Collection<PendingWrite> awaits() {
		Supplier<Collection<PendingWrite>> awaits = this.awaits;
		return (awaits != null) ? awaits.get() : List.of();
	}

	void awaits(@Nullable Supplier<Collection<PendingWrite>> awaits) {
		this.awaits = awaits;
	}

	/**
	 * Return whether this write can't leave before another one does.
	 * @param other the other one
	 * @return whether this one is that one, or waits for it, maybe through others
	 */
	boolean waitsFor(PendingWrite other) {
		Set<PendingWrite> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<PendingWrite> open = new ArrayDeque<>(List.of(this));
		while (!open.isEmpty()) {
			PendingWrite next = open.remove();
			if (next == other) {
				return true;
			}
			if (seen.add(next)) {
				open.addAll(next.awaits());
			}
		}
		return false;
	}

	enum State {

		/**
		 * Waits for a flush; a newer write of the key coalesces with it.
		 */
		WAITING,

		/**
		 * Handed to the store; a newer write of the key waits behind it.
		 */
		IN_FLIGHT,

		/**
		 * Stored, dropped or failed for good.
		 */
		DONE,

		/**
		 * An older write of the key has the value, and waits.
		 */
		MERGED

	}

}
