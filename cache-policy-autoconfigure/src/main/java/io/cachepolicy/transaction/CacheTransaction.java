package io.cachepolicy.transaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.cachepolicy.text.FailureLog;
import io.cachepolicy.transaction.PreparedWrite.Overtaken;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What a transaction did to one cache. The writer reads it; everyone else sees it when
 * the transaction has committed, and never if it rolls back.
 * <p>
 * Bound to the thread of the transaction and used by it alone. It is among the first
 * synchronizations to run, so that a failure of another one can't keep a committed write
 * from being published.
 * <p>
 * <b>Invariant.</b> The writes of all caches are in the order in which the application
 * did them, whenever they reach the store. What an earlier write changes beside its own
 * row, when it is stored late, never takes the place of a later one.
 */
public final class CacheTransaction implements TransactionSynchronization {

	private static final Log logger = LogFactory.getLog(CacheTransaction.class);

	private static final FailureLog failures = new FailureLog(logger);

	private static final AtomicLong added = new AtomicLong();

	private final Object resource;

	private final List<Added> writes = new ArrayList<>();

	private final Map<Object, Object> visible = new HashMap<>();

	private final Set<Object> removed = new HashSet<>();

	private final Set<Object> storedBefore = new HashSet<>();

	private final Map<Object, Loaded> loaded = new HashMap<>();

	private final List<Predicate<Object>> changed = new ArrayList<>();

	private final Map<Object, Long> savepoints = new IdentityHashMap<>();

	private long place;

	/**
	 * The last write, if it is one to which rows may be added.
	 */
	private @Nullable ChangedRows lastRows;

	private boolean changedAll;

	private boolean written;

	private boolean committing = Transactions.isCommitting();

	private boolean completed;

	private CacheTransaction(Object resource) {
		this.resource = resource;
	}

	/**
	 * Return what the current transaction did to a cache.
	 * @param resource identifies the cache
	 * @return the transaction, or {@code null} if there is none or it did nothing
	 */
	public static @Nullable CacheTransaction current(Object resource) {
		return (CacheTransaction) Transactions.find(resource);
	}

	/**
	 * Add a write to the current transaction.
	 * @param resource identifies the cache
	 * @param write the write
	 */
	public static void add(Object resource, PreparedWrite write) {
		obtainForWrite(resource).add(write);
	}

	/**
	 * Add what the store tells of its rows to the current transaction. If it follows from
	 * a write that {@link #inPlaceOf has its place} before others, it has that place too.
	 * @param resource identifies the cache
	 * @param change the change of rows
	 */
	public static void addChange(Object resource, PreparedWrite change) {
		CacheTransaction transaction = obtainForWrite(resource);
		if (transaction.place > 0) {
			transaction.insert(change);
		}
		else {
			transaction.add(change);
		}
	}

	/**
	 * Add the change of a row that only the store knows until the current transaction has
	 * ended. It takes the place of what the transaction deferred before, or has loaded.
	 * @param resource identifies the cache
	 * @param key the key of the row
	 * @param removed whether the row is deleted
	 */
	public static void addChange(Object resource, Object key, boolean removed) {
		CacheTransaction transaction = obtainForWrite(resource);
		ChangedRows last = transaction.lastRows;
		if (last != null && transaction.place == 0 && !transaction.completed) {
			last.add(key, removed);
		}
		else {
			ChangedRows rows = new ChangedRows(key, removed);
			addChange(resource, rows);
			transaction.lastRows = (transaction.place == 0 && !transaction.completed) ? rows : null;
		}
		transaction.forgetLoaded(key);
	}

	/**
	 * Bring a write to the store that the current transaction did some time ago. Other
	 * rows that change by that are older than what the transaction wrote since.
	 * @param <T> the type of the result
	 * @param resource identifies the cache
	 * @param write the write
	 * @param action brings it to the store
	 * @return the result of the action
	 */
	public static <T> T inPlaceOf(Object resource, PreparedWrite write, Supplier<T> action) {
		CacheTransaction transaction = current(resource);
		long place = (transaction != null) ? transaction.placeOf(write) : 0;
		List<CacheTransaction> told = ofAllCaches((candidate) -> !candidate.completed);
		told.forEach((candidate) -> candidate.place = place);
		try {
			return action.get();
		}
		finally {
			told.forEach((candidate) -> candidate.place = 0);
		}
	}

	/**
	 * Return the place of a write.
	 * @param write the write
	 * @return its number, zero if it is being added: it is the last one
	 */
	private long placeOf(PreparedWrite write) {
		for (Added candidate : this.writes) {
			if (candidate.write() == write) {
				return candidate.number();
			}
		}
		return 0;
	}

	private static CacheTransaction obtainForWrite(Object resource) {
		CacheTransaction transaction = obtain(resource);
		if (!transaction.written) {
			transaction.written = true;
			Transactions.written();
		}
		return transaction;
	}

	/**
	 * Let the current transaction read again what it has loaded, which others may not see
	 * yet.
	 * @param resource identifies the cache
	 * @param key the key
	 * @param value the value
	 * @param stamp moves when the value is outdated
	 */
	public static void load(Object resource, Object key, Object value, long stamp) {
		obtain(resource).loaded.put(key, new Loaded(value, stamp));
	}

	private static CacheTransaction obtain(Object resource) {
		CacheTransaction transaction = current(resource);
		if (transaction == null) {
			transaction = new CacheTransaction(resource);
			// First what may fail: what is bound would stay
			TransactionSynchronizationManager.registerSynchronization(transaction);
			TransactionSynchronizationManager.bindResource(resource, transaction);
			Transactions.bound(resource, transaction);
		}
		return transaction;
	}

	private void add(PreparedWrite write) {
		closeRows();
		if (this.committing) {
			write.beforeCommit();
		}
		if (this.completed) {
			complete(write, this.committing);
			return;
		}
		long number = added.incrementAndGet();
		Added last = new Added(number, number, write);
		this.writes.add(last);
		describe(last);
	}

	/**
	 * Let what changes from now on be apart from the rows before.
	 */
	private void closeRows() {
		describeRows();
		this.lastRows = null;
	}

	/**
	 * Describe the rows that were added since. A transaction that changes many mostly
	 * does not ask for them.
	 */
	private void describeRows() {
		if (this.lastRows != null) {
			this.lastRows.describeAdded(this.visible, this.removed);
		}
	}

	private void insert(PreparedWrite change) {
		int index = this.writes.size();
		while (index > 0 && this.writes.get(index - 1).number() > this.place) {
			index--;
		}
		this.writes.add(index, new Added(this.place, added.incrementAndGet(), change));
		this.lastRows = null;
		describeAll();
	}

	private void describeAll() {
		this.visible.clear();
		this.removed.clear();
		this.changed.clear();
		this.changedAll = false;
		this.writes.forEach(this::describe);
	}

	private void describe(Added written) {
		PreparedWrite write = written.write();
		if (written.number() < written.since()) {
			Map<Object, Object> changed = new HashMap<>();
			write.describe(changed);
			stored(changed.keySet());
		}
		if (write.changesAll()) {
			this.visible.clear();
			this.changedAll = true;
		}
		write.describe(this.visible);
		write.describeRemovals(this.removed);
		Predicate<Object> changed = write.changes();
		if (changed != null) {
			this.changed.add(changed);
		}
	}

	/**
	 * Note rows that the transaction changed late, when it stored values that were to be
	 * deferred. What it wrote later does not know of that.
	 * @param keys the keys
	 */
	public void stored(Collection<?> keys) {
		this.storedBefore.addAll(keys);
	}

	/**
	 * Return whether a row is one that the transaction removed, or that it is about to
	 * replace by a later value of its own.
	 * @param key the key
	 * @return whether a value is stored over whatever the row holds
	 */
	public boolean isOverwriting(Object key) {
		describeRows();
		return this.removed.contains(key) || isStoredLate(key);
	}

	/**
	 * Return whether a row was changed {@link #stored late}.
	 * @param key the key
	 * @return whether what is deferred later is to be stored as well
	 */
	public boolean isStoredLate(Object key) {
		return this.storedBefore.contains(key);
	}

	/**
	 * Return what the transaction wrote for a key.
	 * @param key the key
	 * @return the value, {@link PreparedWrite#IN_STORE} if only the store knows it, or
	 * {@code null} if the transaction did not write it
	 */
	public @Nullable Object find(Object key) {
		describeRows();
		Object value = this.visible.get(key);
		return (value == null && (this.changedAll || isChanged(key))) ? PreparedWrite.IN_STORE : value;
	}

	/**
	 * Return whether the last thing that the transaction did to a key is a write that it
	 * deferred.
	 * @param key the key
	 * @return whether a later change of the row counts
	 */
	public boolean isDeferred(Object key) {
		describeRows();
		Object value = this.visible.get(key);
		return value != null && value != PreparedWrite.IN_STORE
				&& this.writes.stream().anyMatch((written) -> written.write().deferred(key) == value);
	}

	private boolean isChanged(Object key) {
		for (Predicate<Object> changed : this.changed) {
			if (changed.test(key)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return what the transaction has loaded for a key.
	 * @param key the key
	 * @param stamp the stamp of the key
	 * @return the value, or {@code null} if there is none, or if it is outdated
	 */
	public @Nullable Object findLoaded(Object key, long stamp) {
		Loaded value = this.loaded.get(key);
		return (value != null && value.stamp == stamp) ? value.value : null;
	}

	/**
	 * Forget what was loaded for a key, as the transaction has changed it.
	 * @param key the key
	 */
	public void forgetLoaded(Object key) {
		this.loaded.remove(key);
	}

	/**
	 * Forget what was loaded.
	 */
	public void forgetLoaded() {
		this.loaded.clear();
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 1;
	}

	@Override
	public void suspend() {
		TransactionSynchronizationManager.unbindResourceIfPossible(this.resource);
	}

	@Override
	public void resume() {
		TransactionSynchronizationManager.bindResource(this.resource, this);
	}

	@Override
	public void savepoint(Object savepoint) {
		this.savepoints.put(savepoint, added.get());
		closeRows();
	}

	/**
	 * Forget what was done since a savepoint. One that is not known was made before the
	 * transaction first touched the cache.
	 */
	@Override
	public void savepointRollback(Object savepoint) {
		long last = this.savepoints.getOrDefault(savepoint, 0L);
		this.lastRows = null;
		for (int i = this.writes.size() - 1; i >= 0; i--) {
			if (this.writes.get(i).since() > last) {
				this.writes.remove(i).write().cancel();
			}
		}
		this.loaded.clear();
		this.storedBefore.clear();
		describeAll();
	}

	/**
	 * Ask the writes of all caches, in the order in which the transaction did them: what
	 * is written through is to find the rows to which it refers.
	 */
	@Override
	public void beforeCommit(boolean readOnly) {
		List<CacheTransaction> asked = ofAllCaches((transaction) -> !transaction.committing);
		asked.forEach((transaction) -> {
			transaction.committing = true;
			transaction.dropOvertaken();
		});
		inOrder(asked).forEach(PreparedWrite::beforeCommit);
	}

	/**
	 * Complete the writes of all caches, so that what is recorded of them is recorded as
	 * a whole, in the order in which the transaction did them: foreign keys are followed
	 * in the order of acceptance, and a flush begins as soon as there is something. A
	 * cache that was not asked before the commit follows by itself, as it may call its
	 * store.
	 */
	@Override
	public void afterCommit() {
		List<CacheTransaction> asked = ofAllCaches((transaction) -> transaction.committing && !transaction.completed);
		inOrder(asked).forEach(PreparedWrite::committed);
		asked.forEach(CacheTransaction::end);
		inOrder(asked).forEach((write) -> complete(write, true));
		complete();
	}

	/**
	 * Return what the current transaction did to any cache.
	 * @return a snapshot, in the order in which it was done
	 */
	public static List<PreparedWrite> writesOfAllCaches() {
		return (TransactionSynchronizationManager.isSynchronizationActive())
				? inOrder(ofAllCaches((transaction) -> !transaction.completed)) : List.of();
	}

	private static List<CacheTransaction> ofAllCaches(Predicate<CacheTransaction> condition) {
		return TransactionSynchronizationManager.getSynchronizations()
			.stream()
			.filter(CacheTransaction.class::isInstance)
			.map(CacheTransaction.class::cast)
			.filter(condition)
			.toList();
	}

	private static List<PreparedWrite> inOrder(List<CacheTransaction> transactions) {
		return transactions.stream()
			.flatMap((transaction) -> transaction.writes.stream())
			.sorted(Comparator.comparingLong(Added::number))
			.map(Added::write)
			.toList();
	}

	@Override
	public void afterCompletion(int status) {
		TransactionSynchronizationManager.unbindResourceIfPossible(this.resource);
		if (status == STATUS_COMMITTED) {
			complete();
		}
		else {
			cancel();
		}
	}

	private void complete() {
		if (!this.completed) {
			end();
			this.writes.forEach((written) -> complete(written.write(), this.committing));
			this.committing = true;
		}
	}

	private void end() {
		this.completed = true;
		this.visible.clear();
		this.changed.clear();
		this.changedAll = false;
		this.loaded.clear();
		dropOvertaken();
		this.lastRows = null;
	}

	/**
	 * Keep deferred writes from reaching the store after later writes of their keys that
	 * are there already, and let deferred writes coalesce.
	 */
	private void dropOvertaken() {
		if (this.writes.size() == 1 && this.lastRows != null) {
			// There is nothing that they could overtake
			return;
		}
		Overtaken later = new Overtaken();
		for (int i = this.writes.size() - 1; i >= 0; i--) {
			this.writes.get(i).write().overtake(later);
		}
	}

	private static void complete(PreparedWrite write, boolean asked) {
		try {
			if (!asked) {
				// Bound too late to be asked before the commit
				write.beforeCommit();
			}
			write.complete();
		}
		catch (Throwable ex) {
			// The other writes are committed too
			failures.error("A committed write could not be published", ex);
		}
	}

	private void cancel() {
		for (int i = this.writes.size() - 1; i >= 0; i--) {
			this.writes.get(i).write().cancel();
		}
	}

	/**
	 * A write of the transaction.
	 *
	 * @param number tells the order of the writes of all caches
	 * @param since tells whether it was added before a savepoint
	 * @param write the write
	 */
	private record Added(long number, long since, PreparedWrite write) {

	}

	/**
	 * A value that the transaction has loaded.
	 *
	 * @param value the value
	 * @param stamp the stamp of its key before the load
	 */
	private record Loaded(Object value, long stamp) {

	}

}
