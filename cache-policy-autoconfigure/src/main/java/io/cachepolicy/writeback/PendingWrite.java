package io.cachepolicy.writeback;

import io.cachepolicy.spi.Absent;
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

	private final Object key;

	private final long sequence;

	private final long since;

	private long revision;

	private volatile Object value;

	private @Nullable WriteContext context;

	private boolean overwriting;

	private volatile @Nullable PendingWrite newer;

	private volatile State state = State.WAITING;

	private volatile @Nullable Attempts attempts;

	private volatile boolean urgent;

	PendingWrite(Object key, Object value, @Nullable WriteContext context, long sequence, long since) {
		this(key, value, context, sequence, 0, since);
	}

	/**
	 * Create a write.
	 * @param key the key
	 * @param value the value
	 * @param context the context of its writer
	 * @param sequence its sequence number
	 * @param revision how often its value was replaced
	 * @param since when the key became pending, in nanoseconds
	 */
	PendingWrite(Object key, Object value, @Nullable WriteContext context, long sequence, long revision, long since) {
		this.key = key;
		this.revision = revision;
		this.value = value;
		this.context = context;
		this.sequence = sequence;
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
	 * Return the revision of the value: together with the sequence number it tells values
	 * apart that coalesced.
	 * @return how often a newer value took the place of an older one
	 */
	long revision() {
		return this.revision;
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
		this.revision++;
		if (this.attempts != null) {
			this.attempts = null;
		}
	}

	/**
	 * Take the place of a newer write of the key. That one may have taken the place of a
	 * pending delete, which is not to be forgotten.
	 * @param newer the newer write
	 */
	synchronized void replaceBy(PendingWrite newer) {
		replace(newer.value, newer.context);
		this.overwriting |= newer.overwriting;
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

	PendingWrite newest() {
		PendingWrite newest = this;
		for (PendingWrite next = this.newer; next != null; next = next.newer) {
			newest = next;
		}
		return newest;
	}

	State state() {
		return this.state;
	}

	synchronized void state(State state) {
		this.state = state;
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
		DONE

	}

}
