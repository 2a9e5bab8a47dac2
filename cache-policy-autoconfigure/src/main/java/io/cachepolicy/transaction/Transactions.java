package io.cachepolicy.transaction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * What the caches have to know of the current thread's transaction: whether it can still
 * be joined, and when it began.
 * <p>
 * Time is a logical clock that ticks when a transaction begins. A write that reads the
 * clock after it completed, and finds it at or after the tick of a transaction, may not
 * be visible to that transaction.
 */
public final class Transactions {

	/**
	 * The begin of a transaction that is not known.
	 */
	public static final long UNKNOWN = Long.MIN_VALUE;

	private static final AtomicLong clock = new AtomicLong();

	/**
	 * That of Spring's resources, which take longer to be asked.
	 */
	private static final ThreadLocal<@Nullable State> current = new ThreadLocal<>();

	private static final ThreadLocal<List<State>> open = ThreadLocal.withInitial(ArrayList::new);

	private Transactions() {
	}

	/**
	 * Return whether there is a transaction that can still be joined, and that will tell
	 * how it ended.
	 * @return whether a transaction is active
	 */
	public static boolean isActive() {
		State state = current();
		return TransactionSynchronizationManager.isSynchronizationActive()
				&& ((state != null) ? !state.committed : TransactionSynchronizationManager.isActualTransactionActive());
	}

	/**
	 * Return whether the thread still looks as if it had a transaction that has in fact
	 * ended: in callbacks after the commit or the completion. A store has to start a new
	 * transaction there, as a write that joined would never be committed.
	 * @return whether the current transaction has ended
	 */
	public static boolean isCompleting() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& (!TransactionSynchronizationManager.isSynchronizationActive() || isCommitted());
	}

	/**
	 * Return whether the current transaction is about to commit, so that synchronizations
	 * that are registered now may not be asked before.
	 * @return whether the commit has begun
	 */
	static boolean isCommitting() {
		State state = current();
		return state != null && state.committing;
	}

	/**
	 * Return whether the current transaction can store rows, as a part of it.
	 * @param manager the transaction manager of the store
	 * @return {@code false} too if the transaction is that of another manager
	 */
	public static boolean canStore(@Nullable Object manager) {
		return isActive() && !isReadOnly() && !isOuter(manager);
	}

	public static boolean isReadOnly() {
		return TransactionSynchronizationManager.isCurrentTransactionReadOnly();
	}

	/**
	 * Note that the current transaction did something to a cache.
	 */
	static void written() {
		State state = current();
		if (state != null) {
			state.written = true;
		}
	}

	/**
	 * Return whether the current transaction may see what others don't.
	 * @return whether it did something to a cache
	 */
	public static boolean hasWritten() {
		State state = current();
		return state != null && state.written;
	}

	/**
	 * Return when the current transaction began.
	 * @return the time, or {@link #UNKNOWN}
	 */
	public static long begin() {
		State state = current();
		return (state != null) ? state.begin : UNKNOWN;
	}

	public static long now() {
		return clock.get();
	}

	public static long tick() {
		return clock.incrementAndGet();
	}

	/**
	 * Return whether the thread had a resource before the current transaction began.
	 * Without a transaction, any resource counts.
	 * @param resource the resource, by its key
	 * @return whether the transaction did not bring it
	 */
	public static boolean isOlder(Object resource) {
		State state = current();
		return state == null || state.bound.contains(resource);
	}

	/**
	 * Return what a cache noted of the current transaction.
	 * @param resource identifies the cache, and is bound to the thread
	 * @return what was {@link #bound}, {@code null} if nothing was
	 */
	static @Nullable Object find(Object resource) {
		State state = current();
		return (state != null) ? state.find(resource) : TransactionSynchronizationManager.getResource(resource);
	}

	/**
	 * Keep what a cache notes of the current transaction, which is bound to the thread
	 * too.
	 * @param resource identifies the cache
	 * @param note what it notes
	 */
	static void bound(Object resource, Object note) {
		State state = current();
		if (state != null) {
			state.notes.put(resource, note);
		}
	}

	/**
	 * Attach what is known to the transaction that just began.
	 * @param manager its transaction manager
	 * @param begin when it began
	 * @param bound the resources that the thread had before
	 */
	static void register(Object manager, long begin, Set<Object> bound) {
		if (TransactionSynchronizationManager.isSynchronizationActive() && current() == null) {
			State state = new State(manager, begin, bound);
			state.bind();
			TransactionSynchronizationManager.registerSynchronization(state);
			open.get().add(state);
		}
	}

	/**
	 * Return whether a transaction manager has a transaction in this thread around the
	 * current one, which is another manager's. What joins it has another outcome than the
	 * current one.
	 * @param manager the transaction manager, {@code null} if it is not known
	 * @return whether it has an outer transaction
	 */
	public static boolean isOuter(@Nullable Object manager) {
		State state = current();
		return state != null && state.manager != manager && findOpen(manager) != null;
	}

	/**
	 * Leave what is left to do for a write to an outer transaction.
	 * @param manager its transaction manager
	 * @param write the write
	 */
	public static void addToOuter(@Nullable Object manager, PreparedWrite write) {
		State state = findOpen(manager);
		Assert.state(state != null, "The outer transaction has ended");
		state.writes.add(write);
	}

	/**
	 * Return whether the thread has a transaction, be it one that is suspended, and so
	 * most likely a connection.
	 * @return whether there is one that has not ended, as far as is known
	 */
	public static boolean isAnyOpen() {
		List<State> states = open.get();
		if (states.isEmpty()) {
			open.remove();
		}
		return !states.isEmpty() || TransactionSynchronizationManager.isActualTransactionActive();
	}

	private static @Nullable State findOpen(@Nullable Object manager) {
		List<State> states = open.get();
		for (int i = states.size() - 1; i >= 0; i--) {
			if (states.get(i).manager == manager) {
				return states.get(i);
			}
		}
		return null;
	}

	private static boolean isCommitted() {
		State state = current();
		return state != null && state.committed;
	}

	private static @Nullable State current() {
		return current.get();
	}

	/**
	 * The state of one transaction, bound to its thread. It is told of the commit before
	 * any other synchronization.
	 */
	private static final class State implements TransactionSynchronization {

		private final Object manager;

		private final long begin;

		private final Set<Object> bound;

		private final List<PreparedWrite> writes = new ArrayList<>();

		private final Map<Object, Object> notes = new HashMap<>();

		private @Nullable Object lastResource;

		private @Nullable Object last;

		private boolean committing;

		private boolean committed;

		private boolean written;

		State(Object manager, long begin, Set<Object> bound) {
			this.manager = manager;
			this.begin = begin;
			this.bound = bound;
		}

		/**
		 * Find what a cache noted. It is mostly the same one for a while.
		 * @param resource identifies the cache
		 * @return its note, {@code null} if there is none
		 */
		@Nullable Object find(Object resource) {
			if (this.lastResource != resource && !this.notes.isEmpty()) {
				this.last = this.notes.get(resource);
				this.lastResource = (this.last != null) ? resource : null;
			}
			return (this.lastResource == resource) ? this.last : null;
		}

		void bind() {
			TransactionSynchronizationManager.bindResource(State.class, this);
			current.set(this);
		}

		private static void unbind() {
			TransactionSynchronizationManager.unbindResourceIfPossible(State.class);
			current.remove();
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		public void suspend() {
			unbind();
		}

		@Override
		public void resume() {
			bind();
		}

		@Override
		public void beforeCommit(boolean readOnly) {
			this.committing = true;
		}

		@Override
		public void afterCommit() {
			this.committed = true;
		}

		@Override
		public void afterCompletion(int status) {
			unbind();
			open.get().remove(this);
			if (open.get().isEmpty()) {
				open.remove();
			}
			this.writes.forEach((status == STATUS_COMMITTED) ? PreparedWrite::complete : PreparedWrite::cancel);
		}

	}

}
