package io.cachepolicy.cache;

import java.util.Map;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.transaction.PreparedWrite;
import io.cachepolicy.transaction.PreparedWrite.Overtaken;
import org.jspecify.annotations.Nullable;

/**
 * A write that the store has, in a transaction that may not have committed. The values
 * may be managed: what they are when they are published is what was committed.
 *
 * @param core the cache
 * @param policy decides whether the values are cached
 * @param stored the values by key
 * @param stamps the stamps of the keys, from before the write
 * @param hold keeps older pending writes of the keys back, if there may be some
 * @param joined whether the transaction itself brings the values to the store: what it
 * let go of may not be there
 */
record StoredWrite(CacheCore core, WritePolicy policy, Map<Object, Object> stored, Stamps stamps,
		PendingWrites.@Nullable Hold hold, boolean joined) implements PreparedWrite {

	@Override
	public void describe(Map<Object, Object> visible) {
		visible.putAll(this.stored);
	}

	@Override
	public void overtake(Overtaken later) {
		later.stored().addAll(this.stored.keySet());
	}

	@Override
	public void complete() {
		try {
			if (this.hold != null) {
				this.hold.supersede(this::copyOf);
			}
		}
		finally {
			publish();
		}
	}

	private void publish() {
		try {
			IndependentSteps.forEach(this.stored, this::publish);
		}
		finally {
			this.core.changes().published(this.stored.keySet());
		}
	}

	private @Nullable Object copyOf(Object key) {
		Object value = this.stored.get(key);
		return (value != null) ? this.core.isolateIfPossible(key, value) : null;
	}

	private void publish(Object key, Object value) {
		Object copy = (this.policy != WritePolicy.WRITE_AROUND && !isLetGo(value))
				? this.core.isolateIfPossible(key, value) : null;
		if (copy == null || Absent.is(copy)) {
			this.core.tier().evict(key);
		}
		else {
			this.core.tier().publish(key, copy, this.stamps.of(key), this.core.held(copy, this.stamps.moment()));
		}
	}

	private boolean isLetGo(Object value) {
		BackingStore store = (this.joined && !Absent.is(value)) ? this.core.store() : null;
		return store != null && !store.session().isManaged(value);
	}

	/**
	 * Nothing was stored, unless the store did not take part in the transaction: then the
	 * entry may be older than the row.
	 */
	@Override
	public void cancel() {
		if (this.hold != null) {
			this.hold.release();
		}
		this.core.forget(this.stored.keySet());
	}

}
