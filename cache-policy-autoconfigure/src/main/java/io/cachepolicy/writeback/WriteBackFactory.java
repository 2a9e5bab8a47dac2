package io.cachepolicy.writeback;

import java.time.Clock;

import io.cachepolicy.WriteFailureHandler;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContextCapture;

/**
 * Creates {@link PendingWrites} that are kept in memory until they are flushed.
 */
public final class WriteBackFactory implements PendingWrites.Factory {

	private final WriteBacks all;

	private final Clock clock;

	private final WriteFailureHandler failureHandler;

	private final WriteContextCapture contexts;

	private final FlushListener listener;

	/**
	 * Create a factory.
	 * @param clock tells the times of failures
	 */
	public WriteBackFactory(Clock clock) {
		this(clock, (letter) -> {
		}, WriteContextCapture.NONE);
	}

	/**
	 * Create a factory.
	 * @param clock tells the times of failures
	 * @param failureHandler told of writes that failed for good
	 * @param contexts captures what a flush needs of the thread that wrote
	 */
	public WriteBackFactory(Clock clock, WriteFailureHandler failureHandler, WriteContextCapture contexts) {
		this(clock, failureHandler, contexts, FlushListener.NONE);
	}

	/**
	 * Create a factory.
	 * @param clock tells the times of failures
	 * @param failureHandler told of writes that failed for good
	 * @param contexts captures what a flush needs of the thread that wrote
	 * @param listener told what flushes do
	 */
	public WriteBackFactory(Clock clock, WriteFailureHandler failureHandler, WriteContextCapture contexts,
			FlushListener listener) {
		this.clock = clock;
		this.failureHandler = failureHandler;
		this.contexts = contexts;
		this.listener = listener;
		this.all = new WriteBacks(listener);
	}

	@Override
	public PendingWrites create(String cacheName, WriteBackSpec spec, BackingStore store,
			PendingWrites.Listener listener) {
		return new WriteBack(cacheName, spec, store, listener, this);
	}

	WriteBacks all() {
		return this.all;
	}

	Clock clock() {
		return this.clock;
	}

	WriteFailureHandler failureHandler() {
		return this.failureHandler;
	}

	WriteContextCapture contexts() {
		return this.contexts;
	}

	FlushListener listener() {
		return this.listener;
	}

}
