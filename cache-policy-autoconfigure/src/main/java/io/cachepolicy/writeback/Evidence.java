package io.cachepolicy.writeback;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import io.cachepolicy.writeback.StoreFailure.Words;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whose fault a failure is: the store's, or that of rows. One place decides,
 * and by what other calls of the cache meet rather than by the class of an exception.
 * <ul>
 * <li>What says something of a value, as an integrity error does, is the row's, however
 * many rows it meets. So is what says that another transaction was in the way, or that
 * the call took too long.</li>
 * <li>What meets different rows in the same words, with nothing stored in between, is the
 * store's.</li>
 * <li>What meets a row while others are stored by the next call, again and again, follows
 * the row: it is the row's, whatever its class.</li>
 * <li>A row that fails alone, with nothing to compare with, is believed: what is known to
 * be the store's is the store's, anything else the row's. If others have just met the
 * same, its first attempt is not held against it.</li>
 * </ul>
 * Guarded by its monitor.
 */
final class Evidence {

	/**
	 * How many groups of rows, no two with a row in common, have to meet the same.
	 */
	private static final int GROUPS = 2;

	/**
	 * As {@link #GROUPS}, if nothing known points to the store.
	 */
	private static final int GROUPS_IF_UNCLEAR = 4;

	/**
	 * The groups that failed since the store wrote something, in the same words, no two
	 * with a write in common.
	 */
	private final List<Set<PendingWrite>> groups = new ArrayList<>();

	private @Nullable Words words;

	/**
	 * What is held against the last one of them.
	 */
	private @Nullable Suspicion last;

	private long lastAt;

	private long time;

	private long answers;

	/**
	 * Return how often the store wrote something that had failed before.
	 * @return a number that grows
	 */
	synchronized long answers() {
		return this.answers;
	}

	/**
	 * Begin a call of the store.
	 * @return the time, for {@link #answered}
	 */
	synchronized long begin() {
		return ++this.time;
	}

	/**
	 * Note that the store wrote something.
	 * @param begun when the call began
	 * @param suspected whether that had failed before: what was never tried tells nothing
	 * of how many of those are at fault
	 */
	synchronized void answered(long begun, boolean suspected) {
		if (suspected) {
			this.answers++;
		}
		if (this.last != null && begun > this.lastAt) {
			this.last.corroborate();
		}
		forget();
	}

	private void forget() {
		this.words = null;
		this.last = null;
		this.groups.clear();
	}

	/**
	 * Judge a failed call.
	 * @param writes the writes of the call, of which nothing was stored
	 * @param alone whether no others are pending
	 * @param failure how it failed
	 * @param before what was held against the writes before, {@code null} for nothing
	 * @return whose fault it is, and what is held against them now
	 */
	synchronized Finding judge(Collection<PendingWrite> writes, boolean alone, StoreFailure failure,
			@Nullable Suspicion before) {
		Suspicion now = (before != null) ? before.renewed(failure.words()) : new Suspicion(failure.words());
		Verdict verdict = decide(writes, alone, failure, now);
		boolean unproven = writes.size() == 1 && before == null && this.groups.size() >= GROUPS;
		return new Finding((unproven && verdict == Verdict.ROWS) ? Verdict.ROWS_UNPROVEN : verdict, now);
	}

	private Verdict decide(Collection<PendingWrite> writes, boolean alone, StoreFailure failure, Suspicion now) {
		return switch (failure.kind()) {
			case UNSERVED -> Verdict.UNSERVED;
			case UNREACHABLE -> Verdict.RESOURCE;
			case REFUSED, CONFLICT -> {
				forget();
				yield Verdict.ROWS;
			}
			case BUSY -> {
				forget();
				yield Verdict.ROWS_UNPROVEN;
			}
			case TIMEOUT -> Verdict.ROWS_UNPROVEN;
			case RESOURCE, UNWRITABLE, READ_ONLY, UNCLEAR -> {
				add(writes, failure.words(), now);
				yield compare(writes.size(), alone, failure.kind(), now);
			}
		};
	}

	private void add(Collection<PendingWrite> writes, Words met, Suspicion now) {
		if (!met.equals(this.words)) {
			forget();
			this.words = met;
		}
		Set<PendingWrite> group = Collections.newSetFromMap(new IdentityHashMap<>());
		group.addAll(writes);
		// A part tells more than the whole
		this.groups.removeIf((other) -> !Collections.disjoint(other, group));
		this.groups.add(group);
		if (this.groups.size() >= GROUPS) {
			now.clear();
			if (this.last != null) {
				this.last.clear();
			}
		}
		this.last = now;
		this.lastAt = ++this.time;
	}

	private Verdict compare(int size, boolean alone, FailureKind kind, Suspicion now) {
		boolean known = kind.isOfStore();
		Verdict ofStore = (kind == FailureKind.RESOURCE) ? Verdict.RESOURCE : Verdict.STORE;
		if (this.groups.size() >= (known ? GROUPS : GROUPS_IF_UNCLEAR)) {
			return ofStore;
		}
		if (size > 1 || !known || now.isConfirmed(alone)) {
			return Verdict.ROWS;
		}
		return (alone) ? ofStore : Verdict.ROWS_UNPROVEN;
	}

	/**
	 * What was found out.
	 *
	 * @param verdict whose fault a failure is
	 * @param suspicion what is held against the writes
	 */
	record Finding(Verdict verdict, Suspicion suspicion) {

	}

	/**
	 * Whose fault a failure is.
	 */
	enum Verdict {

		/**
		 * At least one row of the call: several are to be tried apart, and an attempt
		 * counts against a single one.
		 */
		ROWS,

		/**
		 * As {@link #ROWS}, but something may have been in the way of the rows: no
		 * attempt counts.
		 */
		ROWS_UNPROVEN,

		/**
		 * The store of the cache: it takes none of its rows.
		 */
		STORE,

		/**
		 * What the store needs, and the stores of other caches may need as well.
		 */
		RESOURCE,

		/**
		 * Nobody: there was no connection left.
		 */
		UNSERVED

	}

}
