package io.cachepolicy.cluster;

import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Brings bytes to all other instances. Bytes may get lost, arrive twice, late or in
 * another order, also at the sender itself.
 */
public interface Transport {

	/**
	 * Begin to receive. What others send after this has returned is received, unless it
	 * gets lost.
	 * @param listener told of what is received
	 */
	void open(Listener listener);

	/**
	 * Send to all others. May wait for the network, but for no receiver.
	 * @param message the bytes
	 * @throws RuntimeException if the bytes could not be sent, or only to some
	 */
	void send(byte[] message);

	/**
	 * Return whether anything can be sent or received, now or later.
	 * @return {@code false} if the transport has ended
	 */
	boolean isActive();

	/**
	 * Return the number of other members that may be instances.
	 * @return the number, as far as it is known
	 */
	int getOtherMembers();

	/**
	 * Return the identity of this member, by which others are told that it left.
	 * @return the identity now, {@code null} if others are not told
	 */
	@Nullable UUID getMemberId();

	/**
	 * Return the name of this member for people.
	 * @return the name
	 */
	String getName();

	/**
	 * Return the address that no other process can have while this one lives.
	 * @return the address, empty if there is none
	 */
	String getAddress();

	/**
	 * End receiving and sending.
	 */
	void close();

	/**
	 * Told of what is received. Does not wait for the network, and throws nothing.
	 */
	interface Listener {

		/**
		 * Something was received.
		 * @param message the bytes
		 */
		void received(byte[] message);

		/**
		 * A member came, which may be an instance.
		 */
		void memberAdded();

		/**
		 * A member left, or can't be reached.
		 * @param memberId its identity
		 */
		void memberRemoved(UUID memberId);

		/**
		 * The connection was interrupted, and is there again.
		 * @param reason what happened, for people
		 */
		void reconnected(String reason);

	}

}
