package io.cachepolicy.writeback;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.RowReference;

/**
 * The caches of a manager that defer writes: those that share a resource are away
 * together, and foreign keys go from one to the other. Thread-safe.
 */
final class FlushPeers {

	private final Map<Object, Availability> availabilities = new ConcurrentHashMap<>();

	private final List<FlushPeer> members = new CopyOnWriteArrayList<>();

	private final FlushListener listener;

	private final AtomicLong sequence = new AtomicLong();

	FlushPeers(FlushListener listener) {
		this.listener = listener;
	}

	/**
	 * Return what numbers the writes of all caches in the order of their acceptance.
	 * @return the number of the last one
	 */
	AtomicLong sequence() {
		return this.sequence;
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
	 * Return whether nothing has to be stored before writes: no row to which a value
	 * refers is pending, nor one that may refer to a row that is removed.
	 * @param own the cache of the writes
	 * @param writes the values by key
	 * @return whether foreign keys demand no order
	 */
	boolean areIndependent(FlushPeer own, Map<Object, Object> writes) {
		return areIndependent(own, writes, (row) -> false);
	}

	/**
	 * Return whether nothing has to be stored before writes, but for rows that are.
	 * @param own the cache of the writes
	 * @param writes the values by key
	 * @param stored tells whether a row is stored, although it is pending
	 * @return whether foreign keys demand no order
	 */
	boolean areIndependent(FlushPeer own, Map<Object, Object> writes, Predicate<RowReference> stored) {
		return writes.values()
			.stream()
			.allMatch((value) -> (Absent.is(value)) ? isUnreferred(own)
					: isReferringToNothingPending(own, value, stored));
	}

	private boolean isUnreferred(FlushPeer own) {
		return this.members.stream()
			.noneMatch((member) -> member.size() > 0 && member.relations().refersTo(own.relations()));
	}

	private boolean isReferringToNothingPending(FlushPeer own, Object value, Predicate<RowReference> stored) {
		for (RowReference reference : own.relations().references(value)) {
			for (FlushPeer member : this.members) {
				if (member.relations().rows().equals(reference.rows()) && member.head(reference.key()) != null
						&& !stored.test(reference)) {
					return false;
				}
			}
		}
		return true;
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
