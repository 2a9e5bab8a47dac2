package io.cachepolicy.writeback;

import java.time.Clock;
import java.util.function.Predicate;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.WriteFailureHandler;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContextCapture;
import org.jspecify.annotations.Nullable;

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
		this(clock, (letter) -> false, WriteContextCapture.NONE, FlushListener.NONE, new NoLogs());
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
		}, contexts, FlushListener.NONE, new NoLogs());
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
		this(clock, failures, contexts, listener, logs, FlushThreads.platform());
	}

	/**
	 * Create a factory.
	 * @param clock tells the times of failures
	 * @param failures hands writes that failed for good to the application, and tells
	 * whether one of its handlers took them
	 * @param contexts captures what a flush needs of the thread that wrote
	 * @param listener told what flushes do
	 * @param logs opens the records of pending writes, {@code null} if there are none and
	 * pending writes die with the process
	 * @param threads in which the caches flush
	 */
	public WriteBackFactory(Clock clock, Predicate<DeadLetter> failures, WriteContextCapture contexts,
			FlushListener listener, PendingLog.@Nullable Factory logs, FlushThreads threads) {
		this.environment = new FlushEnvironment(clock, failures, contexts, listener,
				(logs != null) ? logs : new NoLogs(), new FlushPeers(listener), threads);
	}

	/**
	 * Create a factory of pending writes that die with the process.
	 * @param clock tells the times of failures
	 * @param failures hands writes that failed for good to the application, and tells
	 * whether one of its handlers took them
	 * @param contexts captures what a flush needs of the thread that wrote
	 * @param listener told what flushes do
	 */
	public WriteBackFactory(Clock clock, Predicate<DeadLetter> failures, WriteContextCapture contexts,
			FlushListener listener) {
		this(clock, failures, contexts, listener, new NoLogs());
	}

	@Override
	public PendingWrites create(String cacheName, WriteBackSpec spec, BackingStore store,
			PendingWrites.Listener listener) {
		return new WriteBack(cacheName, spec, store, listener, this.environment);
	}

	FlushEnvironment environment() {
		return this.environment;
	}

	/**
	 * Refuses caches that are durable, as there is nothing to make them so.
	 */
	private static final class NoLogs implements PendingLog.Factory {

		@Override
		public PendingLog open(String cacheName, BackingStore store) {
			throw new InvalidPolicyCacheException(
					"Property '%s.write-back.durable' is true, but nothing is there that keeps pending writes"
						.formatted(CacheSpec.propertiesOf(cacheName)),
					"Add the dependency io.cachepolicy:cache-policy-journal and set 'cache-policy.journal.directory', or remove the property.");
		}

	}

}
