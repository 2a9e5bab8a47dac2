package io.cachepolicy.cache;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import io.cachepolicy.spi.RowChanges;
import io.cachepolicy.spi.StoreListener;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.PreparedWrite;
import io.cachepolicy.transaction.Transactions;

/**
 * Keeps one cache in step with what the application writes to the store without it. The
 * transaction that changes a row asks the store for it from then on, until it writes the
 * row by the cache. When it has ended, however it did, the entry is dropped: if the
 * answer to a commit is lost, nobody knows.
 */
final class ForeignChanges implements StoreListener {

	private final CacheCore core;

	ForeignChanges(CacheCore core) {
		this.core = core;
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

		private final Set<Object> keys = new HashSet<>();

		private boolean all;

		Changes(CacheCore core) {
			this.core = core;
		}

		@Override
		public void changed(Object key, boolean removed) {
			this.keys.add(key);
			if (Transactions.isActive()) {
				CacheTransaction.add(this.core, new ChangedRow(key));
				forgetLoaded((transaction) -> transaction.forgetLoaded(key));
			}
			this.core.changes().written();
		}

		@Override
		public void changedAll() {
			this.all = true;
			if (Transactions.isActive()) {
				CacheTransaction.add(this.core, new ChangedRows());
				forgetLoaded(CacheTransaction::forgetLoaded);
			}
			this.core.changes().written();
		}

		private void forgetLoaded(Consumer<CacheTransaction> action) {
			CacheTransaction transaction = CacheTransaction.current(this.core);
			if (transaction != null) {
				action.accept(transaction);
			}
		}

		@Override
		public void end(boolean committed) {
			this.core.followed((this.all) ? 1 : this.keys.size());
			if (this.all) {
				this.core.tier().clear();
				this.core.changes().written();
				this.core.changes().cleared();
			}
			else {
				this.keys.forEach(this.core.tier()::evict);
				this.core.changes().published(List.copyOf(this.keys));
			}
		}

	}

	/**
	 * A row that only the store knows until the transaction has ended.
	 *
	 * @param key the key
	 */
	private record ChangedRow(Object key) implements PreparedWrite {

		@Override
		public void describe(Map<Object, Object> visible) {
			visible.put(this.key, CacheTransaction.IN_STORE);
		}

		@Override
		public void complete() {
			// The end of the changes does all
		}

	}

	/**
	 * Rows that only the store knows until the transaction has ended.
	 */
	private record ChangedRows() implements PreparedWrite {

		@Override
		public boolean changesAll() {
			return true;
		}

		@Override
		public void complete() {
			// The end of the changes does all
		}

	}

}
