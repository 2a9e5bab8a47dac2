package io.cachepolicy.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A state in which one key may be.
 *
 * @param row what the database holds
 * @param pending the pending writes, oldest first
 * @param entry what is cached, {@code null} for nothing
 * @param letter the dead letter, {@code null} if none is kept
 */
record State(Value row, List<Value> pending, @Nullable Value entry, @Nullable Value letter) {

	static State of(Value row) {
		return new State(row, List.of(), null, null);
	}

	/**
	 * What a reader sees.
	 * @return the value
	 */
	Value visible() {
		if (this.entry != null) {
			return this.entry;
		}
		return (!this.pending.isEmpty()) ? newest() : this.row;
	}

	/**
	 * Whether a reader needs the database.
	 * @return whether nothing is cached or pending
	 */
	boolean isMissing() {
		return this.entry == null && this.pending.isEmpty();
	}

	private Value newest() {
		return this.pending.get(this.pending.size() - 1);
	}

	State withRow(Value row) {
		return new State(row, this.pending, this.entry, this.letter);
	}

	State withEntry(@Nullable Value entry) {
		return new State(this.row, this.pending, entry, this.letter);
	}

	State withLetter(@Nullable Value letter) {
		return new State(this.row, this.pending, this.entry, letter);
	}

	/**
	 * A deferred write was accepted, which supersedes a dead letter. It coalesces with
	 * the newest pending one, unless that is on its way to the database.
	 * @param value the value
	 * @param coalesce whether pending writes coalesce
	 * @return the states that are possible afterwards
	 */
	Stream<State> accept(Value value, boolean coalesce) {
		State appended = new State(this.row, append(this.pending, value), entryOf(value), null);
		if (!coalesce || this.pending.isEmpty()) {
			return Stream.of(appended);
		}
		State coalesced = new State(this.row, replaceNewest(value), entryOf(value), null);
		return (this.pending.size() == 1) ? Stream.of(coalesced, appended) : Stream.of(coalesced);
	}

	private List<Value> replaceNewest(Value value) {
		boolean replacing = !value.isAbsent() && (newest().isAbsent() || newest().replacing());
		return append(this.pending.subList(0, this.pending.size() - 1), (replacing) ? value.asReplacing() : value);
	}

	private static List<Value> append(List<Value> pending, Value value) {
		List<Value> appended = new ArrayList<>(pending);
		appended.add(value);
		return List.copyOf(appended);
	}

	private static @Nullable Value entryOf(Value value) {
		return (value.isAbsent()) ? null : value;
	}

	/**
	 * A value was stored in place of all pending ones and a dead letter.
	 * @param stored the row
	 * @return the state afterwards
	 */
	State writeThrough(Value stored) {
		return new State(stored, List.of(), entryOf(stored), null);
	}

	/**
	 * The oldest pending write was stored.
	 * @param stored the row
	 * @return the state afterwards
	 */
	State flushed(Value stored) {
		return new State(stored, this.pending.subList(1, this.pending.size()), this.entry, this.letter);
	}

	/**
	 * The oldest pending write was refused. It becomes a dead letter, unless a newer one
	 * waits behind it.
	 * @return the state afterwards
	 */
	State refused() {
		Value letter = (this.pending.size() == 1) ? this.pending.get(0) : null;
		return new State(this.row, this.pending.subList(1, this.pending.size()), null, letter);
	}

}
