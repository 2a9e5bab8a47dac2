package io.cachepolicy.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The states in which one key may be, after all that was done to it and seen of it.
 * <p>
 * What happens at any time by itself widens the set: an entry is evicted, and while the
 * database is there, the oldest pending write is flushed. What is seen narrows it; seen
 * is a {@link Violation} what no state allows. Each write that was accepted is in every
 * state, as the row, as a pending write, or as a dead letter, until a newer one takes its
 * place: so nothing is lost, reordered or shown too early or too late unnoticed.
 */
final class KeyModel {

	private final Setup setup;

	private final Conditions conditions;

	private Set<State> states;

	private int epoch;

	KeyModel(Setup setup, Conditions conditions) {
		this.setup = setup;
		this.conditions = conditions;
		this.states = Set.of(State.of(Value.absent(0)));
	}

	KeyModel copy() {
		KeyModel copy = new KeyModel(this.setup, this.conditions);
		copy.states = this.states;
		copy.epoch = this.epoch;
		return copy;
	}

	// ---- Reads ----

	/**
	 * A reader saw a value.
	 * @param text the text, {@code null} for absence
	 * @return what is known of the value
	 */
	Value read(@Nullable String text) {
		Value observed = new Value(text, 0, false, false);
		narrow("read " + observed.text(), (state) -> state.visible().looksLike(observed));
		List<Value> seen = this.states.stream().map(State::visible).filter(observed::looksLike).distinct().toList();
		replace((state) -> Stream.of(state, state.withEntry(cached(state))));
		boolean fresh = seen.stream().anyMatch(Value::fresh);
		boolean certain = seen.stream().mapToInt(Value::epoch).distinct().count() == 1;
		return new Value(text, (certain) ? seen.get(0).epoch() : Value.UNKNOWN, fresh, false);
	}

	private @Nullable Value cached(State state) {
		Value visible = state.visible();
		boolean cacheable = !visible.isAbsent() || (this.setup.cacheAbsent() && state.pending().isEmpty());
		return (cacheable) ? visible : null;
	}

	/**
	 * A read failed, as the database is away.
	 * @param failure the failure
	 */
	void readFailed(Throwable failure) {
		if (!this.conditions.isAway()) {
			throw new Violation("A read failed although the database was there", failure);
		}
		narrow("a read failed that needed no database", State::isMissing);
	}

	void forgotten() {
		replace((state) -> Stream.of(state.withEntry(null)));
	}

	// ---- Writes ----

	/**
	 * A removal by someone who knows the row as it is.
	 * @return the value to write
	 */
	Value removal() {
		return Value.absent(this.epoch);
	}

	/**
	 * A write returned that was to be deferred.
	 * @param value the value
	 * @param mayBeThrough whether it may have gone to the database at once
	 */
	void deferred(Value value, boolean mayBeThrough) {
		Set<State> before = this.states;
		replace((state) -> state.accept(value, this.setup.coalesce()));
		if (mayBeThrough && !this.conditions.isAway()) {
			Set<State> accepted = this.states;
			this.states = before;
			replace((state) -> storedAtOnce(state, value));
			this.states.addAll(accepted);
			settle();
		}
	}

	/**
	 * A write failed together with others, some of which may have been accepted.
	 * @param value the value
	 */
	void perhapsDeferred(Value value) {
		Set<State> before = this.states;
		deferred(value, false);
		this.states.addAll(before);
	}

	/**
	 * A write returned that goes to the database at once.
	 * @param value the value
	 */
	void writtenThrough(Value value) {
		if (this.conditions.isAway()) {
			throw new Violation("A write reached a database that was away");
		}
		replace((state) -> storedAtOnce(state, value));
		if (this.states.isEmpty()) {
			throw new Violation("The database took " + value + ", which it was to refuse");
		}
	}

	private Stream<State> storedAtOnce(State state, Value value) {
		return (fate(value, state.row()) != Fate.REFUSED)
				? Stream.of(stored(state, value).writeThrough(value.asRow(this.epoch))) : Stream.empty();
	}

	/**
	 * Return whether a write through may fail while the database is there.
	 * @param value the value
	 * @return whether the row, or its version, may be refused
	 */
	boolean mayRefuse(Value value) {
		return this.states.stream()
			.anyMatch((state) -> fate(value, state.row()) != Fate.STORED || isToBeInserted(value, state));
	}

	void writeThroughFailed(Value value, Throwable failure) {
		if (!this.conditions.isAway()) {
			narrow("the database refused " + value + ": " + failure,
					(state) -> fate(value, state.row()) != Fate.STORED || isToBeInserted(value, state));
		}
	}

	/**
	 * Whether a value has the version of a row that was removed, and whose value is still
	 * to be inserted again.
	 */
	private boolean isToBeInserted(Value value, State state) {
		return this.setup.versioned() && !value.isAbsent() && state.row().isAbsent() && !state.pending().isEmpty();
	}

	// ---- Flushes ----

	/**
	 * Everything that was accepted was flushed.
	 */
	void drained() {
		narrow("drained", (state) -> state.pending().isEmpty());
	}

	/**
	 * All of the memory is new.
	 */
	void restarted() {
		drained();
		replace((state) -> Stream.of(state.withEntry(null).withLetter(null)));
	}

	int minPending() {
		return this.states.stream().mapToInt((state) -> state.pending().size()).min().orElseThrow();
	}

	int maxPending() {
		return this.states.stream().mapToInt((state) -> state.pending().size()).max().orElseThrow();
	}

	/**
	 * The dead letters were looked at.
	 * @param kept whether there is one
	 * @param text its text, {@code null} for a removal
	 */
	void letter(boolean kept, @Nullable String text) {
		Value observed = new Value(text, 0, false, false);
		narrow((kept) ? "the dead letter is " + observed.text() : "there is no dead letter",
				(state) -> (state.letter() != null) ? kept && state.letter().looksLike(observed) : !kept);
	}

	void discarded() {
		replace((state) -> Stream.of(state.withLetter(null)));
	}

	/**
	 * A value that is written over what the row holds now.
	 * @param text the text, {@code null} for a removal
	 * @return the value to write
	 */
	Value replayed(@Nullable String text) {
		return new Value(text, this.epoch, true, false);
	}

	// ---- The database ----

	/**
	 * Someone else changed the row.
	 * @param found whether there was something to change
	 * @param wanted tells the rows that are changed
	 * @param text the new text, {@code null} if the row was deleted
	 */
	void changedByOther(boolean found, Predicate<Value> wanted, @Nullable String text) {
		narrow((found) ? "another writer found its row" : "another writer did not find its row",
				(state) -> wanted.test(state.row()) == found);
		if (found) {
			this.epoch++;
			Value row = new Value(text, this.epoch, text == null, false);
			replace((state) -> Stream.of(state.withRow(row)));
		}
	}

	/**
	 * The row was looked at.
	 * @param text the text, {@code null} if there is no row
	 */
	void row(@Nullable String text) {
		Value observed = new Value(text, 0, false, false);
		narrow("the row is " + observed.text(), (state) -> state.row().looksLike(observed));
	}

	/**
	 * Add what may have happened by itself.
	 */
	void settle() {
		Deque<State> open = new ArrayDeque<>(this.states);
		Set<State> reached = new LinkedHashSet<>(this.states);
		while (!open.isEmpty()) {
			next(open.remove()).filter(reached::add).forEach(open::add);
		}
		this.states = reached;
	}

	private Stream<State> next(State state) {
		Stream<State> evicted = Stream.of(state.withEntry(null));
		return (!state.pending().isEmpty()) ? Stream.concat(evicted, flushOldest(state)) : evicted;
	}

	private Stream<State> flushOldest(State state) {
		Value oldest = state.pending().get(0);
		Fate fate = fate(oldest, state.row());
		Stream<State> flushed = Stream.empty();
		if (fate != Fate.REFUSED && !this.conditions.isAway()) {
			flushed = Stream.of(stored(state, oldest).flushed(oldest.asRow(this.epoch)));
		}
		boolean refused = fate != Fate.STORED && this.conditions.isRefusing();
		return (refused) ? Stream.concat(flushed, Stream.of(state.refused())) : flushed;
	}

	/**
	 * The state whose values were read from what was stored against the odds: it can't be
	 * told what they know of the row.
	 */
	private State stored(State state, Value value) {
		if (fate(value, state.row()) == Fate.STORED) {
			return state;
		}
		List<Value> pending = state.pending().stream().map((write) -> write.withEpoch(Value.UNKNOWN)).toList();
		Value entry = (state.entry() != null) ? state.entry().withEpoch(Value.UNKNOWN) : null;
		return new State(state.row(), pending, entry, state.letter());
	}

	private Fate fate(Value value, Value row) {
		if (value.isAbsent()) {
			return (row.isKept()) ? Fate.REFUSED : Fate.STORED;
		}
		if (value.isBad() && this.conditions.isChanging()) {
			return (fateByVersion(value, row) != Fate.REFUSED) ? Fate.EITHER : Fate.REFUSED;
		}
		if (value.isBad() && this.conditions.isChecking()) {
			return Fate.REFUSED;
		}
		return fateByVersion(value, row);
	}

	private Fate fateByVersion(Value value, Value row) {
		if (!this.setup.versioned()) {
			return Fate.STORED;
		}
		if (value.epoch() == this.epoch) {
			// A new instance may meet the row whose delete was refused
			return (value.fresh() && row.isKept()) ? Fate.EITHER : Fate.STORED;
		}
		if (value.epoch() == Value.UNKNOWN) {
			return Fate.EITHER;
		}
		boolean insertable = value.fresh() || row.replacing();
		return ((row.isAbsent()) ? insertable : value.replacing()) ? Fate.EITHER : Fate.REFUSED;
	}

	private void narrow(String what, Predicate<State> condition) {
		Set<State> narrowed = this.states.stream()
			.filter(condition)
			.collect(Collectors.toCollection(LinkedHashSet::new));
		if (narrowed.isEmpty()) {
			throw new Violation("Seen: %s. Possible: %s".formatted(what,
					this.states.stream().map(State::toString).collect(Collectors.joining("\n  ", "\n  ", ""))));
		}
		this.states = narrowed;
		settle();
	}

	private void replace(Function<State, Stream<State>> change) {
		this.states = this.states.stream().flatMap(change).collect(Collectors.toCollection(LinkedHashSet::new));
		settle();
	}

	/**
	 * What the database does with a value.
	 */
	private enum Fate {

		STORED, REFUSED, EITHER

	}

}
