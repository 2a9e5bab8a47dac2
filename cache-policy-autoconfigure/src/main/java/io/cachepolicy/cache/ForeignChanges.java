package io.cachepolicy.cache;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.PartRange;
import io.cachepolicy.spi.RowChanges;
import io.cachepolicy.spi.StoreListener;
import io.cachepolicy.spi.WritingCall;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.PreparedWrite;
import io.cachepolicy.transaction.PreparedWrite.Overtaken;
import io.cachepolicy.transaction.TransactionClock;
import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps one cache in step with what the application writes to the store without it. The
 * transaction that changes a row asks the store for it from then on, until it writes the
 * row by the cache. When it has ended, however it did, the entry is dropped: if the
 * answer to a commit is lost, nobody knows.
 * <p>
 * What is pending of a row is not stored while the transaction lasts. It is in conflict
 * with the row after the commit, and stays pending after a rollback. What the transaction
 * itself deferred before gives way to the row: the later write counts.
 * <p>
 * Parts of values are followed as rows are: an entry that holds one is dropped.
 */
final class ForeignChanges implements StoreListener {

	private final CacheCore core;

	private final EarlyWrites early;

	/**
	 * Held here, as those who run it do not.
	 */
	private final Runnable beforeReads;

	ForeignChanges(CacheCore core) {
		this.core = core;
		this.early = new EarlyWrites(core, new StoreWrites(core));
		this.beforeReads = this.early::flush;
	}

	/**
	 * Flush before read-only transactions, if queries are to see what is pending.
	 * @param manager the transaction manager
	 */
	void flushBeforeReads(@Nullable Object manager) {
		TransactionClock clock = (isFlushedBeforeQueries()) ? TransactionClock.find(manager) : null;
		if (clock != null) {
			clock.addBeforeReads(this.beforeReads);
		}
	}

	@Override
	public boolean hasPending() {
		PendingWrites pending = this.core.pending();
		return pending != null && pending.size() > 0;
	}

	@Override
	public boolean isFlushedBeforeQueries() {
		return this.core.spec().writeBack().flushBeforeQueries();
	}

	@Override
	public void storePending(@Nullable Object key) {
		this.early.store(key);
	}

	@Override
	public boolean hasDeferred() {
		return CacheTransaction.current(this.core) != null;
	}

	@Override
	public void storeDeferred() {
		BackingStore store = this.core.store();
		if (store != null && Transactions.canStore(store.traits().transactionManager())) {
			DeferredWrite.storeAll(this.core);
		}
	}

	@Override
	public void awaitStored() {
		this.early.flush();
	}

	@Override
	public void querying() {
		this.early.querying();
	}

	@Override
	public RowChanges begin() {
		return new Changes(this.core);
	}

	/**
	 * What one transaction changes.
	 */
	private static final class Changes implements RowChanges {

		private final CacheCore core;

		private final Map<Object, Boolean> removedByKey = new HashMap<>();

		private final Map<Object, PendingWrites.Guard> guards = new HashMap<>();

		private final ChangedParts parts;

		private final Map<Object, Long> stampsOfBody = new HashMap<>();

		private boolean all;

		Changes(CacheCore core) {
			this.core = core;
			this.parts = new ChangedParts(core);
		}

		@Override
		public void changed(Object key, boolean removed) {
			this.removedByKey.put(key, removed);
			if (WritingCall.current() != null) {
				// From now on the row is locked
				this.stampsOfBody.putIfAbsent(key, this.core.tier().stamp(key));
			}
			guard(key);
			if (Transactions.isActive()) {
				CacheTransaction.addChange(this.core, key, removed);
			}
			this.core.changes().written();
		}

		/**
		 * What the transaction deferred since the store joined the row would be stored
		 * over it.
		 */
		@Override
		public void sent(Object key, boolean removed) {
			CacheTransaction transaction = CacheTransaction.current(this.core);
			if (transaction != null && transaction.isDeferred(key)) {
				changed(key, removed);
			}
		}

		@Override
		public void changedAll() {
			this.all = true;
			guardAll();
			if (Transactions.isActive()) {
				CacheTransaction.addChange(this.core, new ChangedRows());
				forgetLoaded(CacheTransaction::forgetLoaded);
			}
			this.core.changes().written();
		}

		@Override
		public void changedPart(Object part, Collection<?> own) {
			this.parts.add(part, own);
			changedParts();
		}

		@Override
		public void changedParts(PartRange parts, Collection<?> own) {
			this.parts.add(parts, own);
			changedParts();
		}

		private void changedParts() {
			if (Transactions.isActive()) {
				this.parts.addToTransaction();
				forgetLoaded(CacheTransaction::forgetLoaded);
			}
		}

		/**
		 * Keep what is pending of a row from being stored over it. Whether something is,
		 * is looked at once more before the commit: until then nobody else has seen the
		 * row.
		 * @param key the key
		 */
		private void guard(Object key) {
			PendingWrites pending = this.core.pending();
			if (pending != null && !this.guards.containsKey(key) && pending.find(key) != null) {
				this.guards.put(key, pending.guard(key));
			}
		}

		/**
		 * Keep from being stored what is pending of rows that a statement may have
		 * changed.
		 */
		private void guardAll() {
			PendingWrites pending = this.core.pending();
			if (pending != null && pending.size() > 0) {
				pending.keys().forEach(this::guard);
			}
		}

		@Override
		public void beforeCommit() {
			if (this.core.pending() != null) {
				this.guards.values().forEach(PendingWrites.Guard::extend);
				this.removedByKey.keySet().forEach(this::guard);
			}
		}

		/**
		 * End the guards: after a commit only when the transaction has published what it
		 * deferred itself, which takes the place of what was pending.
		 * @param committed whether the rows were changed
		 */
		private void endGuards(boolean committed) {
			if (this.guards.isEmpty()) {
				return;
			}
			Map<Object, PendingWrites.Guard> ended = Map.copyOf(this.guards);
			this.guards.clear();
			if (committed) {
				ended.forEach((key, guard) -> guard.changed(this.removedByKey.getOrDefault(key, false)));
			}
			if (committed && TransactionSynchronizationManager.isSynchronizationActive()) {
				TransactionSynchronizationManager.registerSynchronization(new Release(ended.values()));
			}
			else {
				ended.values().forEach(PendingWrites.Guard::release);
			}
		}

		private void forgetLoaded(Consumer<CacheTransaction> action) {
			CacheTransaction transaction = CacheTransaction.current(this.core);
			if (transaction != null) {
				action.accept(transaction);
			}
		}

		@Override
		public void end(boolean committed) {
			leaveGuarded(committed);
			endGuards(committed);
			if (committed) {
				this.core.bypassed((this.all) ? 1 : this.removedByKey.size());
			}
			this.parts.end();
			if (this.all) {
				this.core.tier().clear();
				this.core.changes().written();
				this.core.changes().cleared();
			}
			else if (!this.removedByKey.isEmpty()) {
				List<Object> keys = List.copyOf(this.removedByKey.keySet());
				keys.forEach(this::evict);
				this.core.changes().published(keys);
			}
		}

		/**
		 * What was pending is in conflict with what the body of a method has stored, and
		 * is replaced by what the method writes, which therefore is to be written.
		 * @param committed whether the rows were changed
		 */
		private void leaveGuarded(boolean committed) {
			BackingStore store = (this.guards.isEmpty()) ? null : this.core.store();
			if (store != null) {
				WritingCall.writes(store, this.guards.keySet());
				this.stampsOfBody.keySet().removeAll(this.guards.keySet());
			}
			if (!committed) {
				this.stampsOfBody.clear();
			}
		}

		private void evict(Object key) {
			Long stamp = this.stampsOfBody.get(key);
			WritingCall call = (stamp != null) ? WritingCall.current() : null;
			if (stamp != null && call != null) {
				call.committed(this.core, key, this.core.tier().evict(key, stamp));
			}
			else {
				this.core.tier().evict(key);
			}
		}

	}

	/**
	 * Rows that only the store knows until the transaction has ended. What the
	 * transaction deferred before was {@link #storeDeferred stored} first.
	 */
	private record ChangedRows() implements PreparedWrite {

		@Override
		public boolean changesAll() {
			return true;
		}

		@Override
		public void overtake(Overtaken later) {
			later.changed().add(Overtaken.ANY);
		}

		@Override
		public void complete() {
			// The end of the changes does all
		}

	}

	/**
	 * Ends guards with a transaction.
	 *
	 * @param guards the guards
	 */
	private record Release(Collection<PendingWrites.Guard> guards) implements TransactionSynchronization {

		@Override
		public void afterCompletion(int status) {
			this.guards.forEach(PendingWrites.Guard::release);
		}

	}

}
