package io.cachepolicy.cluster;

import java.util.UUID;

import io.cachepolicy.cluster.Message.Echo;
import io.cachepolicy.cluster.Message.Origin;
import io.cachepolicy.cluster.Message.Sign;
import org.jspecify.annotations.Nullable;

/**
 * What is known of another instance. Times are those of the clock of this instance.
 * Guarded by the lock of {@link Peers}.
 */
final class Peer {

	private final UUID id;

	private @Nullable Origin origin;

	private long number;

	private long currentAt;

	private long heardAt;

	private long time;

	private long acknowledged;

	private boolean silent;

	private boolean removed;

	Peer(UUID id, long number, long now) {
		this.id = id;
		this.number = number;
		this.currentAt = now;
		this.heardAt = now;
	}

	UUID id() {
		return this.id;
	}

	@Nullable Origin origin() {
		return this.origin;
	}

	String name() {
		return (this.origin != null) ? this.origin.name() : this.id.toString();
	}

	String address() {
		return (this.origin != null) ? this.origin.address() : "";
	}

	/**
	 * Take the number of a message.
	 * @param received the number of changes that are here, or are covered by the message
	 * @param expected the number of changes that have to be here already
	 * @return whether no changes are missing
	 */
	boolean advance(long received, long expected) {
		boolean complete = expected <= this.number;
		this.number = Math.max(this.number, received);
		return complete;
	}

	/**
	 * Take a sign of life.
	 * @param sign the sign
	 * @param now the time
	 * @param self identifies this instance
	 */
	void heard(Sign sign, long now, UUID self) {
		this.origin = sign.origin();
		this.heardAt = now;
		this.time = sign.time();
		this.removed = false;
		for (Echo echo : sign.echoes()) {
			if (echo.instance().equals(self)) {
				// The sign was sent after the other had heard of that time
				this.currentAt = (echo.time() - this.currentAt > 0) ? echo.time() : this.currentAt;
				this.acknowledged = Math.max(this.acknowledged, echo.number());
			}
		}
	}

	/**
	 * Return up to when all changes of the instance are here.
	 * @return the time
	 */
	long currentAt() {
		return this.currentAt;
	}

	long heardAt() {
		return this.heardAt;
	}

	/**
	 * Return the number of the last of our changes that the instance received.
	 * @return the number
	 */
	long acknowledged() {
		return this.acknowledged;
	}

	Echo toEcho() {
		return new Echo(this.id, this.time, this.number);
	}

	boolean isSilent() {
		return this.silent;
	}

	void setSilent(boolean silent) {
		this.silent = silent;
	}

	/**
	 * Return whether the transport has no connection to the instance.
	 * @return whether nothing waits to be sent to it
	 */
	boolean isRemoved() {
		return this.removed;
	}

	void setRemoved() {
		this.removed = true;
	}

	boolean isMember(UUID memberId) {
		return this.origin != null && memberId.equals(this.origin.memberId());
	}

}
