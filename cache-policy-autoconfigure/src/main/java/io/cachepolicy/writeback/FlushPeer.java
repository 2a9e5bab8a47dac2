package io.cachepolicy.writeback;

import io.cachepolicy.spi.RowRelations;
import org.jspecify.annotations.Nullable;

/**
 * A cache as the flushes of others see it: those whose rows refer to its own, and those
 * that need the same resource. Thread-safe.
 */
final class FlushPeer {

	private final String name;

	private final RowRelations relations;

	private final WriteChains chains;

	private final PendingCensus census;

	private final FlushRequests requests;

	private final FlushTurns turns;

	private volatile boolean waiting;

	private volatile Earliest earliest = Earliest.UNKNOWN;

	/**
	 * Create a peer.
	 * @param name the name of the cache
	 * @param relations how its rows refer to others
	 * @param pending its pending writes
	 * @param requests what is waited for in it
	 */
	FlushPeer(String name, RowRelations relations, PendingParts pending, FlushRequests requests) {
		this.name = name;
		this.relations = relations;
		this.chains = pending.chains();
		this.census = pending.census();
		this.requests = requests;
		this.turns = pending.turns();
	}

	String name() {
		return this.name;
	}

	RowRelations relations() {
		return this.relations;
	}

	/**
	 * Return the number of pending writes.
	 * @return the number
	 */
	int size() {
		return this.chains.size();
	}

	@Nullable PendingWrite head(Object key) {
		return this.chains.head(key);
	}

	/**
	 * Make a pending write due.
	 * @param write the write
	 */
	void await(PendingWrite write) {
		this.chains.await(write);
	}

	/**
	 * Make due what was accepted up to now.
	 * @return the request, which is to be ended
	 */
	FlushRequests.Request requestFlush() {
		FlushRequests.Request request = this.requests.add();
		signal();
		return request;
	}

	void end(FlushRequests.Request request) {
		this.requests.end(request);
	}

	/**
	 * Return a write whose value was accepted early.
	 * @param order the number of the last write that is looked for
	 * @return the earliest pending write, or {@code null} if none was accepted up to
	 * there
	 */
	@Nullable PendingWrite findAccepted(long order) {
		Earliest known = this.earliest;
		if (known.order() > order) {
			return null;
		}
		PendingWrite write = known.write();
		if (write == null || !write.isPending() || write.order() > known.order()) {
			write = this.census.earliest();
			this.earliest = (write != null) ? new Earliest(write, write.order()) : Earliest.UNKNOWN;
		}
		return (write != null && write.order() <= order) ? write : null;
	}

	/**
	 * Return whether writes wait for those of other caches.
	 * @return whether the cache is to be signalled when others stored something
	 */
	boolean isWaiting() {
		return this.waiting;
	}

	void waiting(boolean waiting) {
		this.waiting = waiting;
	}

	/**
	 * Let the flusher look again at what is due.
	 */
	void signal() {
		this.turns.signal();
	}

	/**
	 * The pending write whose value was accepted first, when that was looked for. What is
	 * pending later is never older: so the answer to whether anything is, is found
	 * without looking at all, as long as the write is there.
	 *
	 * @param write the write, {@code null} if it is not known
	 * @param order when its value was accepted
	 */
	private record Earliest(@Nullable PendingWrite write, long order) {

		private static final Earliest UNKNOWN = new Earliest(null, 0);

	}

}
