package io.cachepolicy.cache;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;

import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Which entries hold which parts: other rows, and what tells which rows belong to a
 * value. Entries that are one row have no place here.
 * <p>
 * <b>Invariant.</b> A key whose entry holds parts is found by each of them. What is held
 * for a key is changed under Caffeine's lock of the key only, before the entry is; for a
 * key whose entry is gone it may stay for a while, which costs an eviction of nothing.
 * <p>
 * <b>Loads that a change overtakes.</b> A change moves the stamp of the part first, then
 * looks for the keys. A bringer of a value lets the key be found first, then compares the
 * stamps with the moment since when it has read. So at least one of the two sees the
 * other: the change evicts the key, or the value is not cached. Parts share a fixed
 * number of stamps.
 * <p>
 * <b>Own changes.</b> A write that changes parts of its own value is no reason to drop
 * it. The stamp of a part says for which keys it was moved last, and where it was before.
 * <p>
 * Locks: those of two maps, of which none is taken under another one's, and no call is
 * made under them.
 */
final class PartIndex {

	private static final int STAMPS = 1024;

	private static final int FIRST_SWEEP = 1024;

	private static final Change NO_CHANGE = new Change(0, 0, Set.of());

	private final ConcurrentMap<Object, Collection<Object>> partsByKey = new ConcurrentHashMap<>();

	/**
	 * A set of one is immutable, others are changed under the lock of the part.
	 */
	private final ConcurrentMap<Object, Set<Object>> keysByPart = new ConcurrentHashMap<>();

	private final AtomicLong changeOfAny = new AtomicLong();

	private final AtomicLong lastChange = new AtomicLong();

	private volatile @Nullable AtomicReferenceArray<Change> changes;

	private volatile int nextSweep = FIRST_SWEEP;

	/**
	 * Return whether something is held for a key.
	 * @param key the key
	 * @return whether its entry, or one that it had, holds parts
	 */
	boolean isHolding(Object key) {
		return this.partsByKey.containsKey(key);
	}

	/**
	 * Return what is held for a key.
	 * @param key the key
	 * @return the parts
	 */
	Collection<Object> partsOf(Object key) {
		return this.partsByKey.getOrDefault(key, List.of());
	}

	/**
	 * Return the keys for which something is held.
	 * @return the keys, a view
	 */
	Set<Object> keys() {
		return this.partsByKey.keySet();
	}

	int size() {
		return this.partsByKey.size() + this.keysByPart.size();
	}

	/**
	 * Let a key be found by what its entry is about to hold, and by nothing else.
	 * @param key the key
	 * @param parts the parts
	 */
	void hold(Object key, Collection<Object> parts) {
		Collection<Object> before = this.partsByKey.put(key, parts);
		parts.forEach((part) -> add(part, key));
		if (before != null) {
			before.stream().filter((part) -> !parts.contains(part)).forEach((part) -> remove(part, key));
		}
	}

	/**
	 * Let a key be found no more.
	 * @param key the key, which has no entry that holds parts
	 */
	void release(Object key) {
		Collection<Object> parts = this.partsByKey.remove(key);
		if (parts != null) {
			parts.forEach((part) -> remove(part, key));
		}
	}

	private void add(Object part, Object key) {
		this.keysByPart.compute(part, (p, keys) -> {
			if (keys == null) {
				return Set.of(key);
			}
			if (keys.contains(key)) {
				return keys;
			}
			Set<Object> more = (keys instanceof HashSet) ? keys : new HashSet<>(keys);
			more.add(key);
			return more;
		});
	}

	private void remove(Object part, Object key) {
		this.keysByPart.computeIfPresent(part, (p, keys) -> {
			if (keys instanceof HashSet) {
				keys.remove(key);
				return (keys.isEmpty()) ? null : keys;
			}
			return (keys.contains(key)) ? null : keys;
		});
	}

	/**
	 * Return whether a key is found by parts.
	 * @param key the key
	 * @param parts the parts
	 * @return whether it is found by each of them
	 */
	boolean holdsAll(Object key, Collection<Object> parts) {
		return partsOf(key).containsAll(parts);
	}

	/**
	 * Note the change of a part.
	 * @param part the part
	 * @param own the keys of values that were written by that
	 * @return the keys that are found by it
	 */
	Collection<Object> changed(Object part, Set<Object> own) {
		this.lastChange.accumulateAndGet(Transactions.tick(), Math::max);
		changes().getAndUpdate(indexOf(part), (last) -> last.next(Transactions.tick(), own));
		Set<Object> keys = new HashSet<>();
		this.keysByPart.computeIfPresent(part, (p, found) -> {
			keys.addAll(found);
			return found;
		});
		return keys;
	}

	/**
	 * Note that any of some parts may have changed.
	 * @param parts tells which
	 * @return the keys that are found by one of them
	 */
	Collection<Object> changed(Predicate<Object> parts) {
		long time = Transactions.tick();
		this.lastChange.accumulateAndGet(time, Math::max);
		this.changeOfAny.accumulateAndGet(time, Math::max);
		Set<Object> keys = new HashSet<>();
		this.partsByKey.forEach((key, held) -> {
			if (held.stream().anyMatch(parts)) {
				keys.add(key);
			}
		});
		return keys;
	}

	/**
	 * Return whether what a value holds is still so, as far as that was noted.
	 * @param held the parts, by which the key of the value is found already
	 * @param writtenKey the key if the value was written, {@code null} if it was loaded
	 * @return whether the value may be cached
	 */
	boolean isCurrent(HeldParts held, @Nullable Object writtenKey) {
		long time = held.moment().time();
		if (this.changeOfAny.get() > time) {
			return false;
		}
		AtomicReferenceArray<Change> changes = this.changes;
		for (Object part : held.parts()) {
			if (held.moment().held().contains(part)
					|| (changes != null && !changes.get(indexOf(part)).isKnown(time, writtenKey))) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Return when a part changed last, for those who are about to load.
	 * @return the logical time, which only grows
	 */
	long lastChange() {
		return this.lastChange.get();
	}

	private AtomicReferenceArray<Change> changes() {
		AtomicReferenceArray<Change> changes = this.changes;
		return (changes != null) ? changes : createChanges();
	}

	private synchronized AtomicReferenceArray<Change> createChanges() {
		AtomicReferenceArray<Change> changes = this.changes;
		if (changes == null) {
			changes = new AtomicReferenceArray<>(STAMPS);
			for (int i = 0; i < STAMPS; i++) {
				changes.setPlain(i, NO_CHANGE);
			}
			this.changes = changes;
		}
		return changes;
	}

	private static int indexOf(Object part) {
		return (part.hashCode() * 0x9E3779B9) >>> 22;
	}

	/**
	 * Return whether it is time to look for keys that have no entry any more, as if their
	 * entries were dropped past this cache.
	 * @return whether there are twice as many keys as after the last look
	 */
	boolean isSweepDue() {
		return this.partsByKey.size() > this.nextSweep;
	}

	void swept() {
		this.nextSweep = Math.max(FIRST_SWEEP, 2 * this.partsByKey.size());
	}

	/**
	 * The last change of the parts that share a stamp.
	 *
	 * @param time its logical time
	 * @param before that of the change before, of other writes
	 * @param own the keys of values that were written by it
	 */
	private record Change(long time, long before, Set<Object> own) {

		Change next(long time, Set<Object> own) {
			boolean same = !own.isEmpty() && own.equals(this.own);
			return new Change(Math.max(time, this.time + 1), (same) ? this.before : this.time, own);
		}

		boolean isKnown(long since, @Nullable Object key) {
			return this.time <= since || (key != null && this.before <= since && this.own.contains(key));
		}

	}

}
