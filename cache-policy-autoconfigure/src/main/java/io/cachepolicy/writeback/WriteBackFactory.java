package io.cachepolicy.writeback;

import java.time.Clock;

import io.cachepolicy.cache.BackingStore;
import io.cachepolicy.cache.DeferredWrites;
import io.cachepolicy.cache.WriteBackSpec;

/**
 * Creates {@link DeferredWrites} that are kept in memory until they are flushed.
 */
public final class WriteBackFactory implements DeferredWrites.Factory {

	private final Clock clock;

	/**
	 * Create a factory.
	 * @param clock tells the times of failures
	 */
	public WriteBackFactory(Clock clock) {
		this.clock = clock;
	}

	@Override
	public DeferredWrites create(String cacheName, WriteBackSpec spec, BackingStore store,
			DeferredWrites.Listener listener) {
		return new WriteBack(cacheName, spec, store, listener, this.clock);
	}

}
