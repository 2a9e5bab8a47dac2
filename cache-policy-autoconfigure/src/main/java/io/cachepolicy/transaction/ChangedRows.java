package io.cachepolicy.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rows that only the store knows until the transaction has ended. They take the place of
 * what the transaction deferred before. Among themselves their order does not matter, so
 * that those that are changed one after the other are kept together.
 */
final class ChangedRows implements PreparedWrite {

	private final List<Object> changed = new ArrayList<>();

	private final List<Object> removed = new ArrayList<>();

	private int changedDescribed;

	private int removedDescribed;

	/**
	 * Create rows.
	 * @param key the key of the first one
	 * @param removed whether it is deleted
	 */
	ChangedRows(Object key, boolean removed) {
		add(key, removed);
	}

	/**
	 * Add a row that changed after these, with no other write in between.
	 * @param key the key
	 * @param removed whether it is deleted
	 */
	void add(Object key, boolean removed) {
		((removed) ? this.removed : this.changed).add(key);
	}

	/**
	 * Describe the rows that were added since the last call.
	 * @param visible what the writer reads
	 * @param keys the keys of rows that are removed
	 */
	void describeAdded(Map<Object, Object> visible, Set<Object> keys) {
		for (; this.changedDescribed < this.changed.size(); this.changedDescribed++) {
			visible.put(this.changed.get(this.changedDescribed), PreparedWrite.IN_STORE);
		}
		for (; this.removedDescribed < this.removed.size(); this.removedDescribed++) {
			Object key = this.removed.get(this.removedDescribed);
			visible.put(key, PreparedWrite.IN_STORE);
			keys.add(key);
		}
	}

	@Override
	public void describe(Map<Object, Object> visible) {
		this.changed.forEach((key) -> visible.put(key, PreparedWrite.IN_STORE));
		this.removed.forEach((key) -> visible.put(key, PreparedWrite.IN_STORE));
	}

	@Override
	public void describeRemovals(Set<Object> keys) {
		keys.addAll(this.removed);
	}

	@Override
	public void overtake(Overtaken later) {
		later.stored().addAll(this.removed);
		later.changed().addAll(this.changed);
	}

	/**
	 * Those who follow the rows do all, when the transaction has ended.
	 */
	@Override
	public void complete() {
		// Nothing is left to do
	}

}
