package io.cachepolicy.writeback;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.cachepolicy.spi.FlushListener;

/**
 * The caches of a manager that defer writes: those that share a resource are away
 * together, and foreign keys go from one to the other. Thread-safe.
 */
final class FlushPeers {

	private final Map<Object, Availability> availabilities = new ConcurrentHashMap<>();

	private final List<FlushPeer> members = new CopyOnWriteArrayList<>();

	private final FlushListener listener;

	FlushPeers(FlushListener listener) {
		this.listener = listener;
	}

	Availability availability(Object resource) {
		return this.availabilities.computeIfAbsent(resource, (key) -> new Availability(this.listener));
	}

	void add(FlushPeer member, Availability availability) {
		availability.add(member);
		this.members.add(member);
	}

	List<FlushPeer> members() {
		return this.members;
	}

	/**
	 * Wake the flushers whose writes wait for those of others, after something was
	 * stored.
	 */
	void signalWaiting() {
		for (FlushPeer member : this.members) {
			if (member.isWaiting()) {
				member.signal();
			}
		}
	}

}
