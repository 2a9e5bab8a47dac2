package io.cachepolicy.history;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Tells whether a history is one of a register that does one action at a time: whether
 * the actions can be put in an order in which each read yields the last written value,
 * and no action comes before one that had ended when it began.
 * <p>
 * The search of Wing and Gong, which takes one action after the other that no other one
 * has to precede, with Lowe's memory of the sets of actions and values that led nowhere.
 * A read that can be taken is taken at once, as it makes no difference to what follows. A
 * write whose outcome is not known need not be taken.
 */
final class Linearizability {

	private final List<Action> history;

	private final Set<State> dead = new HashSet<>();

	private Linearizability(List<Action> history) {
		this.history = history;
	}

	/**
	 * Return whether there is an order.
	 * @param history the actions on one register, in any order
	 * @param initial the value of the register at first
	 * @return whether the history is linearizable
	 */
	static boolean holds(List<Action> history, @Nullable String initial) {
		return new Linearizability(history).search(new BitSet(), initial);
	}

	private boolean search(BitSet taken, @Nullable String value) {
		long bound = takeReads(taken, value);
		if (bound == Action.NEVER) {
			return true;
		}
		State state = new State((BitSet) taken.clone(), value);
		if (this.dead.contains(state)) {
			return false;
		}
		for (int i = taken.nextClearBit(0); i < this.history.size(); i = taken.nextClearBit(i + 1)) {
			Action action = this.history.get(i);
			if (action.write() && action.invocation() < bound) {
				BitSet next = (BitSet) taken.clone();
				next.set(i);
				if (search(next, action.value())) {
					return true;
				}
			}
		}
		this.dead.add(state);
		return false;
	}

	/**
	 * Take all reads that can be taken.
	 * @return the end of the first action to end among those that are left
	 */
	private long takeReads(BitSet taken, @Nullable String value) {
		for (;;) {
			long bound = bound(taken);
			boolean found = false;
			for (int i = taken.nextClearBit(0); i < this.history.size(); i = taken.nextClearBit(i + 1)) {
				Action action = this.history.get(i);
				if (!action.write() && action.invocation() < bound && Objects.equals(action.value(), value)) {
					taken.set(i);
					found = true;
				}
			}
			if (!found) {
				return bound;
			}
		}
	}

	private long bound(BitSet taken) {
		long bound = Action.NEVER;
		for (int i = taken.nextClearBit(0); i < this.history.size(); i = taken.nextClearBit(i + 1)) {
			bound = Math.min(bound, this.history.get(i).response());
		}
		return bound;
	}

	private record State(BitSet taken, @Nullable String value) {

	}

}
