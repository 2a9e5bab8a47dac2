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

	private final FlushRequests requests;

	private final Wakeup wakeup;

	private volatile boolean waiting;

	/**
	 * Create a peer.
	 * @param name the name of the cache
	 * @param relations how its rows refer to others
	 * @param chains its pending writes
	 * @param requests what is waited for in it
	 * @param wakeup wakes its flusher
	 */
	FlushPeer(String name, RowRelations relations, WriteChains chains, FlushRequests requests, Wakeup wakeup) {
		this.name = name;
		this.relations = relations;
		this.chains = chains;
		this.requests = requests;
		this.wakeup = wakeup;
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
	 * Make the pending write of a key due.
	 * @param key the key
	 */
	void expedite(Object key) {
		this.chains.expedite(key);
	}

	/**
	 * Make due what was accepted up to now.
	 * @return the request, to be asked after by {@link #endIfDone}
	 */
	FlushRequests.Request requestFlush() {
		FlushRequests.Request request = this.requests.add();
		signal();
		return request;
	}

	boolean endIfDone(FlushRequests.Request request) {
		return this.requests.endIfDone(request);
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
		this.wakeup.signal();
	}

}
