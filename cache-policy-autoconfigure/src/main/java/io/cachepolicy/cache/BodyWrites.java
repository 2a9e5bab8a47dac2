package io.cachepolicy.cache;

import java.util.Collections;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.spi.WritingCall;
import io.cachepolicy.spi.WritingCall.Row;
import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Takes over what the body of a method has stored by itself: such a value is not written
 * a second time.
 * <p>
 * In the transaction that stores it, a value is sent to the store as the transaction has
 * it, and published when that has committed. A value that was committed in a transaction
 * of the body is published at once. A value that differs from what was stored, and one
 * whose key has other writes that are not stored yet, is left to the policy.
 */
final class BodyWrites {

	private final CacheCore core;

	private final StoreWrites storeWrites;

	BodyWrites(CacheCore core) {
		this.core = core;
		this.storeWrites = new StoreWrites(core);
	}

	/**
	 * Take over a value, if the body has stored it.
	 * @param call the call
	 * @param store the store
	 * @param requested the policy
	 * @param key the key
	 * @param value the value
	 * @return whether there is nothing left to write
	 */
	boolean adopt(WritingCall call, BackingStore store, WritePolicy requested, Object key, Object value) {
		WritePolicy policy = (this.core.effective(requested) == WritePolicy.WRITE_BACK) ? WritePolicy.WRITE_THROUGH
				: this.core.effective(requested);
		Row row = call.find(store, key);
		Object managed = findManaged(store, row, value);
		if (managed != null) {
			CacheTransaction.add(this.core,
					this.storeWrites.write(store, policy, Collections.singletonMap(key, managed), WriteMode.NOW));
			this.core.changes().written();
			call.stored(this.core.name());
			return true;
		}
		Object committed = (row != null && !isWrittenOtherwise(key)) ? row.findCommitted(value) : null;
		if (committed != null) {
			publish(call, store, policy, key, committed);
			call.stored(this.core.name());
		}
		return committed != null;
	}

	private @Nullable Object findManaged(BackingStore store, @Nullable Row row, Object value) {
		if (!Transactions.isActive() || Transactions.isReadOnly()) {
			return null;
		}
		Object stored = (row != null) ? row.findManaged(value) : null;
		Object managed = (stored != null) ? stored : value;
		return store.session().isManaged(managed) ? managed : null;
	}

	private boolean isWrittenOtherwise(Object key) {
		CacheTransaction transaction = CacheTransaction.current(this.core);
		PendingWrites pending = this.core.pending();
		return (transaction != null && transaction.find(key) != null) || (pending != null && pending.find(key) != null);
	}

	// Not if somebody has written the key since, or may have changed what the value holds
	private void publish(WritingCall call, BackingStore store, WritePolicy policy, Object key, Object value) {
		Long stamp = call.findStamp(this.core, key);
		if (stamp == null || policy == WritePolicy.WRITE_AROUND || store.traits().holdsParts()) {
			return;
		}
		Object copy = this.core.isolateIfPossible(key, value);
		if (copy != null) {
			this.core.tier().publish(key, copy, stamp, this.core.held(copy, this.core.tier().moment(store)));
		}
	}

}
