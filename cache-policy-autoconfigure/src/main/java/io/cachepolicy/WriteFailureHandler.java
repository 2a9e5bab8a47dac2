package io.cachepolicy;

/**
 * Callback for deferred writes that failed. Every bean of this type is called, in order,
 * for every cache, when
 * <ul>
 * <li>a write became a {@link DeadLetter dead letter}, which is kept to be inspected,
 * {@link PolicyCache#replay replayed} or {@link PolicyCache#discard discarded};</li>
 * <li>a write could not be stored in time when the application stopped. The
 * {@link DeadLetter#kind() kind} is {@link DeadLetter.Kind#NOT_STORED} then, and the
 * letter is the last that is left of the write: it is kept nowhere else. A store call
 * that was on its way then may still store it.</li>
 * </ul>
 * The failure has been logged, and readers see the store again.
 * <p>
 * Called in a thread that flushes, or in the one that stops the application, outside of
 * any transaction and while no lock is held. A handler may block and use stores, but
 * delays the flushes of that cache meanwhile, and must not flush the cache itself. What
 * it throws is logged and keeps neither other handlers from being called nor other writes
 * from being stored.
 */
@FunctionalInterface
public interface WriteFailureHandler {

	/**
	 * Handle a write that failed.
	 * @param letter the write, and why it is not in the store
	 */
	void handle(DeadLetter letter);

}
