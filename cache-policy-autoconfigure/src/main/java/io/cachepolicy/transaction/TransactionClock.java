package io.cachepolicy.transaction;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Notes when transactions begin, so that a value that was read from the snapshot of a
 * transaction is not cached over a later write, and which transactions a thread has. To
 * be added to every transaction manager. Thread-safe.
 */
public final class TransactionClock implements TransactionExecutionListener {

	private final Object manager;

	/**
	 * What loads one row, of which the caller knows that nothing is pending.
	 */
	private static final String LOAD = "org.springframework.data.jpa.repository.support.SimpleJpaRepository.findById";

	private final ThreadLocal<@Nullable Beginning> beginning = new ThreadLocal<>();

	private final List<WeakReference<Runnable>> readers = new CopyOnWriteArrayList<>();

	/**
	 * Create a clock.
	 * @param manager the transaction manager to which it is added
	 */
	public TransactionClock(Object manager) {
		this.manager = manager;
	}

	/**
	 * Find the clock of a transaction manager.
	 * @param manager the transaction manager
	 * @return the clock, or {@code null} if it has none
	 */
	public static @Nullable TransactionClock find(@Nullable Object manager) {
		return (manager instanceof ConfigurableTransactionManager configurable)
				? configurable.getTransactionExecutionListeners()
					.stream()
					.filter(TransactionClock.class::isInstance)
					.map(TransactionClock.class::cast)
					.findFirst()
					.orElse(null)
				: null;
	}

	/**
	 * Do something before read-only transactions, when the thread has no connection yet.
	 * @param action the action, done as long as somebody else holds it
	 */
	public void addBeforeReads(Runnable action) {
		this.readers.removeIf((reference) -> reference.get() == null);
		this.readers.add(new WeakReference<>(action));
	}

	@Override
	public void beforeBegin(TransactionExecution transaction) {
		if (transaction.isReadOnly() && !this.readers.isEmpty() && !Transactions.isAnyOpen()
				&& !LOAD.equals(transaction.getTransactionName())) {
			for (WeakReference<Runnable> reference : this.readers) {
				Runnable action = reference.get();
				if (action != null) {
					action.run();
				}
			}
		}
		Set<Object> bound = TransactionSynchronizationManager.getResourceMap().keySet();
		this.beginning.set(new Beginning(Transactions.tick(), (bound.isEmpty()) ? Set.of() : Set.copyOf(bound)));
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable beginFailure) {
		Beginning begin = this.beginning.get();
		this.beginning.remove();
		if (beginFailure == null && begin != null) {
			Transactions.register(this.manager, begin.time(), begin.bound());
		}
	}

	/**
	 * The begin of a transaction.
	 *
	 * @param time when it began
	 * @param bound the resources that the thread had before
	 */
	private record Beginning(long time, Set<Object> bound) {

	}

}
