package io.cachepolicy.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.cachepolicy.transaction.CacheTransaction;
import io.cachepolicy.transaction.PreparedWrite;
import org.jspecify.annotations.Nullable;

/**
 * The parts of values that one transaction changes without the cache, or by writes of
 * values of the cache that hold them. Until it ends it asks the store for the values that
 * hold one. Used by the thread of the transaction.
 */
final class ChangedParts implements PreparedWrite {

	private final CacheCore core;

	private final Map<Object, Set<Object>> ownByPart = new HashMap<>();

	private final List<Changed> others = new ArrayList<>();

	private boolean added;

	ChangedParts(CacheCore core) {
		this.core = core;
	}

	/**
	 * Add a part.
	 * @param part the part
	 * @param own the keys of values that are written by that
	 */
	void add(Object part, Collection<?> own) {
		Set<Object> keys = Set.copyOf(own);
		Set<Object> before = this.ownByPart.put(part, keys);
		if (before != null && !before.equals(keys)) {
			Set<Object> both = new HashSet<>(before);
			both.retainAll(keys);
			this.ownByPart.put(part, both);
		}
	}

	/**
	 * Add parts.
	 * @param parts tells which
	 * @param own the keys of values that are written by that
	 */
	void add(Predicate<Object> parts, Collection<?> own) {
		this.others.add(new Changed(parts, Set.copyOf(own)));
	}

	/**
	 * Let the current transaction know.
	 */
	void addToTransaction() {
		if (!this.added) {
			this.added = true;
			CacheTransaction.add(this.core, this);
		}
	}

	/**
	 * Drop the entries that hold a part.
	 * @return their keys
	 */
	Set<Object> end() {
		Set<Object> keys = new HashSet<>();
		this.ownByPart.forEach((part, own) -> keys.addAll(this.core.tier().changed(part, own)));
		this.others.forEach((changed) -> keys.addAll(this.core.tier().changed(changed.parts(), changed.own())));
		this.ownByPart.clear();
		this.others.clear();
		return keys;
	}

	/**
	 * Return what tells the keys whose entries hold a part. What is pending is newer than
	 * the store.
	 */
	@Override
	public @Nullable Predicate<Object> changes() {
		return (key) -> {
			PendingWrites pending = this.core.pending();
			return this.core.tier().partsOf(key).stream().anyMatch((part) -> isChanged(part, key))
					&& (pending == null || pending.find(key) == null);
		};
	}

	private boolean isChanged(Object part, Object key) {
		Set<Object> own = this.ownByPart.get(part);
		return (own != null && !own.contains(key)) || this.others.stream()
			.anyMatch((changed) -> !changed.own().contains(key) && changed.parts().test(part));
	}

	@Override
	public void complete() {
		// The end of the changes does all
	}

	/**
	 * Forgotten by the transaction, as it was rolled back to a savepoint.
	 */
	@Override
	public void cancel() {
		this.added = false;
	}

	/**
	 * Parts of which any may have changed.
	 *
	 * @param parts tells which
	 * @param own the keys of values that are written by that
	 */
	private record Changed(Predicate<Object> parts, Set<Object> own) {

	}

}
