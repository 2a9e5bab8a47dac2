package io.cachepolicy.cache;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.transaction.PreparedWrite;
import io.cachepolicy.transaction.PreparedWrite.Overtaken;
import org.jspecify.annotations.Nullable;

/**
 * A write that is deferred when the caller's transaction has committed. Room for it is
 * reserved before the commit, so that a full buffer fails the transaction; if it is to be
 * written through instead, that happens in the transaction.
 */
final class DeferredWrite implements PreparedWrite {

	private final CacheCore core;

	private final Writes writes;

	private final BackingStore store;

	private final Map<Object, Object> values = new LinkedHashMap<>();

	private final Set<Object> managed = new HashSet<>();

	private final @Nullable DeadLetter letter;

	private @Nullable PendingWrites reserved;

	private @Nullable PreparedWrite through;

	/**
	 * Create a write. A managed value is kept as it is, as its state is that of the row
	 * only after the commit; any other one is isolated now.
	 * @param core the cache
	 * @param writes writes through, if that is to be
	 * @param store the store
	 * @param entries the values by key
	 */
	DeferredWrite(CacheCore core, Writes writes, BackingStore store, Map<Object, Object> entries) {
		this(core, writes, store, entries, null);
	}

	/**
	 * Create the write of a dead letter, which gives way to any newer one.
	 * @param core the cache
	 * @param writes writes through, if that is to be
	 * @param store the store
	 * @param letter the dead letter
	 * @param value the value
	 */
	DeferredWrite(CacheCore core, Writes writes, BackingStore store, DeadLetter letter, Object value) {
		this(core, writes, store, Map.of(letter.key(), value), letter);
	}

	private DeferredWrite(CacheCore core, Writes writes, BackingStore store, Map<Object, Object> entries,
			@Nullable DeadLetter letter) {
		this.letter = letter;
		this.core = core;
		this.writes = writes;
		this.store = store;
		entries.forEach((key, value) -> {
			if (!Absent.is(value) && store.isManaged(value)) {
				this.managed.add(key);
			}
			this.values.put(key, isFinal(key, value) ? core.isolate(value) : value);
		});
	}

	private boolean isFinal(Object key, Object value) {
		return !Absent.is(value) && !this.managed.contains(key);
	}

	@Override
	public void describe(Map<Object, Object> visible) {
		visible.putAll(this.values);
	}

	/**
	 * Drop what later writes replace. A removal stays before a later put, which it allows
	 * to overwrite what the row holds.
	 */
	@Override
	public void overtake(Overtaken later) {
		if (this.through != null) {
			this.through.overtake(later);
			return;
		}
		int count = this.values.size();
		this.values.keySet().removeAll(later.stored());
		this.values.entrySet()
			.removeIf((entry) -> !Absent.is(entry.getValue()) && later.coalescing().contains(entry.getKey()));
		if (this.reserved != null) {
			this.reserved.release(count - this.values.size());
		}
		if (this.core.spec().writeBack().coalesce()) {
			later.coalescing().addAll(this.values.keySet());
		}
	}

	@Override
	public void beforeCommit() {
		if (this.values.isEmpty()) {
			return;
		}
		PendingWrites deferred = this.core.deferred(this.store);
		if (deferred.reserve(this.values.size())) {
			this.reserved = deferred;
		}
		else {
			this.through = this.writes.storeInTransaction(this.store, this.values);
		}
	}

	@Override
	public void complete() {
		if (this.through != null) {
			this.through.complete();
		}
		else if (this.reserved != null) {
			PendingWrites deferred = this.reserved;
			try {
				Writes.forEach(this.values, (key, value) -> accept(deferred, key, value));
			}
			finally {
				this.core.changed();
			}
		}
	}

	private void accept(PendingWrites deferred, Object key, Object value) {
		if (this.letter != null) {
			this.writes.accept(deferred, this.letter, value);
			return;
		}
		Object accepted = (this.managed.contains(key)) ? this.core.isolateIfPossible(key, value) : value;
		if (accepted == null) {
			// The transaction stored the managed value by itself
			deferred.release(1);
			this.core.tier().evict(key);
			return;
		}
		long stamp = this.core.tier().stamp(key);
		deferred.accept(key, accepted);
		this.writes.publish(key, accepted, stamp);
	}

	@Override
	public void cancel() {
		if (this.through != null) {
			this.through.cancel();
		}
		else if (this.reserved != null) {
			this.reserved.release(this.values.size());
		}
		// The transaction may have stored them by itself, if the answer to the commit was
		// lost
		this.managed.forEach(this.core.tier()::evict);
	}

}
