package io.cachepolicy.cache;

import java.util.Set;

import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.transaction.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * How old what a thread reads from the store may be.
 *
 * @param time the logical time since when it reads
 * @param lastChange when a part of any value had changed last
 * @param held parts of values that it holds from before
 */
record ReadMoment(long time, long lastChange, Set<Object> held) {

	/**
	 * The moment of a value that was not read.
	 */
	static final ReadMoment NEVER = new ReadMoment(Transactions.UNKNOWN, 0, Set.of());

	/**
	 * Return the moment for a thread that is about to read. A transaction may read from a
	 * snapshot as old as its begin, and an open persistence context returns what it
	 * holds.
	 * @param store the store, if there is one
	 * @param lastChange when a part of any value had changed last
	 * @return the moment
	 */
	static ReadMoment now(@Nullable BackingStore store, long lastChange) {
		if (store == null || !store.traits().holdsParts()) {
			return NEVER;
		}
		return new ReadMoment((Transactions.isActive()) ? Transactions.begin() : Transactions.now(), lastChange,
				store.session().heldParts());
	}

}
