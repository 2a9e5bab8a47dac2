package io.cachepolicy.cluster;

import java.util.List;
import java.util.UUID;

import io.cachepolicy.spi.PartName;
import org.jspecify.annotations.Nullable;

/**
 * What an instance sends to all others. Each sender numbers its changes from one; signs
 * and goodbyes carry the number of the last ones.
 */
sealed interface Message {

	/**
	 * Return who sent it.
	 * @return the identity of the sender, from its start to its stop
	 */
	UUID sender();

	/**
	 * Return the number of the last changes that were sent.
	 * @return the number
	 */
	long number();

	/**
	 * Changes of some caches.
	 *
	 * @param sender the sender
	 * @param number the number of these changes
	 * @param changes the changes
	 */
	record Changes(UUID sender, long number, List<Change> changes) implements Message {

	}

	/**
	 * A sign of life.
	 *
	 * @param sender the sender
	 * @param number the number of the last changes
	 * @param time the sender's clock, which only the sender understands
	 * @param origin who the sender is, and what it expects
	 * @param echoes what the sender heard of others
	 */
	record Sign(UUID sender, long number, long time, Origin origin, List<Echo> echoes) implements Message {

	}

	/**
	 * The sender stops. It sends nothing more.
	 *
	 * @param sender the sender
	 * @param number the number of the last changes
	 */
	record Goodbye(UUID sender, long number) implements Message {

	}

	/**
	 * Changes of one cache.
	 *
	 * @param cacheName the name of the cache
	 * @param keys the keys, {@code null} for all
	 * @param parts the names of what changed of what entries hold, none if all keys
	 * changed
	 */
	record Change(String cacheName, @Nullable List<Object> keys, List<PartName> parts) {

		/**
		 * Create a change of any key of a cache.
		 * @param cacheName the name of the cache
		 * @return the change
		 */
		static Change ofAll(String cacheName) {
			return new Change(cacheName, null, List.of());
		}

		int count() {
			return (this.keys != null) ? this.keys.size() + this.parts.size() : 1;
		}

	}

	/**
	 * Who a sender is, and what it expects.
	 *
	 * @param name the name for people
	 * @param address the address, empty if there is none
	 * @param memberId the identity in the transport, if there is one
	 * @param heartbeat the pause between two signs in nanoseconds
	 * @param maxStaleness the time without a sign in nanoseconds
	 * @param unclustered the caches that the sender does not share
	 */
	record Origin(String name, String address, @Nullable UUID memberId, long heartbeat, long maxStaleness,
			List<String> unclustered) {

	}

	/**
	 * What a sender heard last of another instance, sent before any change that the
	 * sender made later.
	 *
	 * @param instance the other instance
	 * @param time the time in its last sign
	 * @param number the number of its last changes
	 */
	record Echo(UUID instance, long time, long number) {

	}

}
