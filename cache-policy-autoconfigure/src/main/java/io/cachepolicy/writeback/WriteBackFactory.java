package io.cachepolicy.writeback;

import java.time.Clock;
import java.util.function.Predicate;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.WriteFailureHandler;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContextCapture;

/**
 * Creates {@link PendingWrites} that are kept in memory until they are flushed.
 */
public final class WriteBackFactory implements PendingWrites.Factory {

	private final FlushEnvironment environment;

	/**
	 * Create a factory.
	 * @param clock tells the times of failures
	 */
	public WriteBackFactory(Clock clock) {
		this(clock, (letter) -> false, WriteContextCapture.NONE, FlushListener.NONE, PendingLog.Factory.NONE);
	}

	/**
	 * Create a factory.
	 * @param clock tells the times of failures
	 * @param failureHandler told of writes that failed for good
	 * @param contexts captures what a flush needs of the thread that wrote
	 */
	public WriteBackFactory(Clock clock, WriteFailureHandler failureHandler, WriteContextCapture contexts) {
		this(clock, (letter) -> {
			failureHandler.handle(letter);
			return true;
		}, contexts, FlushListener.NONE, PendingLog.Factory.NONE);
	}

	/**
	 * Create a factory.
	 * @param clock tells the times of failures
	 * @param failures hands writes that failed for good to the application, and tells
	 * whether one of its handlers took them
	 * @param contexts captures what a flush needs of the thread that wrote
	 * @param listener told what flushes do
	 * @param logs opens the records of pending writes
	 */
	public WriteBackFactory(Clock clock, Predicate<DeadLetter> failures, WriteContextCapture contexts,
			FlushListener listener, PendingLog.Factory logs) {
		this.environment = new FlushEnvironment(clock, failures, contexts, listener, logs, new FlushPeers(listener));
	}

	@Override
	public PendingWrites create(String cacheName, WriteBackSpec spec, BackingStore store,
			PendingWrites.Listener listener) {
		return new WriteBack(cacheName, spec, store, listener, this.environment);
	}

	FlushEnvironment environment() {
		return this.environment;
	}

}
