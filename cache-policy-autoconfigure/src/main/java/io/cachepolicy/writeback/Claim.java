package io.cachepolicy.writeback;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.WriteContext;
import org.jspecify.annotations.Nullable;

/**
 * The right to hand a write that is in flight to the store, with the value that is handed
 * over. Used by one thread, which ends it once.
 */
final class Claim {

	private final PendingWrite write;

	private final Object value;

	private final @Nullable WriteContext context;

	private final Flight flight;

	private final boolean overtaken;

	private long position;

	private boolean ended;

	/**
	 * Claim a write.
	 * @param write the write, under the lock of the bin of its key
	 * @param position its place among the writes of a batch
	 * @param flight its way to the store
	 */
	Claim(PendingWrite write, long position, Flight flight) {
		this.flight = flight;
		this.write = write;
		this.value = write.value();
		this.context = write.context();
		this.overtaken = write.isOvertaken();
		this.position = position;
	}

	PendingWrite write() {
		return this.write;
	}

	Object key() {
		return this.write.key();
	}

	Object value() {
		return this.value;
	}

	@Nullable WriteContext context() {
		return this.context;
	}

	boolean isDelete() {
		return Absent.is(this.value);
	}

	/**
	 * Keep the write from being taken away from now on: the store is about to commit it,
	 * or it is given up.
	 * @return {@code false} if it was taken away before
	 */
	boolean pass() {
		return this.flight.pass();
	}

	/**
	 * Return whether the write was taken away, and waits elsewhere.
	 * @return whether nothing is left to do for it
	 */
	boolean isRevoked() {
		return this.flight.isRevoked();
	}

	/**
	 * Return whether another writer has changed the row since the write was accepted.
	 * @return whether the write is not to be stored
	 */
	boolean isOvertaken() {
		return this.overtaken;
	}

	/**
	 * Return the place among the writes of a batch, which is that of its acceptance
	 * unless another one needs it earlier.
	 * @return the position
	 */
	long position() {
		return this.position;
	}

	void position(long position) {
		this.position = position;
	}

	/**
	 * Return whether the write is no longer claimed by this claim. It may be in flight by
	 * another one.
	 * @return whether the write was completed or given back
	 */
	boolean hasEnded() {
		return this.ended;
	}

	void end() {
		this.ended = true;
	}

}
