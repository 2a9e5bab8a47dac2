package io.cachepolicy.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.PartName;
import io.cachepolicy.spi.PartRange;
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
	 * @param parts the parts
	 * @param own the keys of values that are written by that
	 */
	void add(PartRange parts, Collection<?> own) {
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
	 * Drop the entries that hold a part, and tell other instances: their entries may hold
	 * it, whatever those of this one do.
	 */
	void end() {
		if (this.ownByPart.isEmpty() && this.others.isEmpty()) {
			return;
		}
		this.ownByPart.forEach(this.core.tier()::changed);
		this.others.forEach((changed) -> this.core.tier().changed(changed.parts()::contains, changed.own()));
		this.core.changes().partsPublished(this::names);
		this.ownByPart.clear();
		this.others.clear();
	}

	private Collection<PartName> names() {
		BackingStore store = this.core.store();
		if (store == null) {
			return List.of();
		}
		Set<PartName> names = new LinkedHashSet<>();
		this.ownByPart.keySet().forEach((part) -> names.add(store.parts().nameOf(part)));
		this.others.forEach((changed) -> names.addAll(changed.parts().names()));
		return names;
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
			.anyMatch((changed) -> !changed.own().contains(key) && changed.parts().contains(part));
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
	 * @param parts the parts
	 * @param own the keys of values that are written by that
	 */
	private record Changed(PartRange parts, Set<Object> own) {

	}

}
