package io.cachepolicy.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The writes of one key, all by one thread, and what follows for its row. A text is of
 * one write only, {@code null} stands for no row.
 */
final class History {

	/**
	 * How texts begin that a database may refuse for good.
	 */
	static final String POISON = "poison ";

	private final String name;

	private final List<Write> writes = new ArrayList<>(List.of(new Write(null, Outcome.ACCEPTED)));

	/**
	 * The position of the oldest accepted write that the row may still hold.
	 */
	private int floor;

	private boolean unclear;

	History(String name) {
		this.name = name;
	}

	void add(@Nullable String text, Outcome outcome) {
		this.writes.add(new Write(text, outcome));
		this.unclear |= outcome == Outcome.UNKNOWN;
	}

	/**
	 * The row is going to be removed together with another one, or has been. What is
	 * pending of it may be refused, as that one need not be there before.
	 */
	void removedWithAnother() {
		this.unclear = true;
		this.writes.add(new Write(null, Outcome.UNKNOWN));
	}

	/**
	 * The last accepted write is known to be stored.
	 */
	void stored() {
		this.floor = last();
	}

	/**
	 * Return whether the outcome of a write is not known: it may be in the row without
	 * the cache's knowledge.
	 * @return whether there may be a conflict
	 */
	boolean isUnclear() {
		return this.unclear;
	}

	@Nullable String lastText() {
		return this.writes.get(last()).text();
	}

	private int last() {
		int last = this.writes.size() - 1;
		while (this.writes.get(last).outcome() != Outcome.ACCEPTED) {
			last--;
		}
		return last;
	}

	/**
	 * Return whether the row may have one of the texts that an outcome left open.
	 * @return the texts that may be there, without that of the last accepted write
	 */
	List<@Nullable String> open() {
		List<@Nullable String> open = new ArrayList<>();
		this.writes.subList(last(), this.writes.size())
			.stream()
			.filter((write) -> write.outcome() == Outcome.UNKNOWN)
			.forEach((write) -> open.add(write.text()));
		return open;
	}

	/**
	 * Check what a reader got, or the row after all is stored.
	 * @param what says what it is
	 * @param text the text
	 * @param dead whether the last accepted write may be a dead letter
	 */
	void checkLatest(String what, @Nullable String text, boolean dead) {
		if (Objects.equals(text, lastText()) || open().contains(text)) {
			return;
		}
		if (!dead) {
			throw new Violation("%s of %s is '%s' and not '%s': %s".formatted(what, this.name, text, lastText(), this));
		}
		checkRow(what, text);
	}

	/**
	 * Check the row, which may be older than the last accepted write, but never becomes
	 * older than it was.
	 * @param what says what it is
	 * @param text the text
	 */
	void checkRow(String what, @Nullable String text) {
		int found = -1;
		boolean known = false;
		for (int i = this.writes.size() - 1; i >= 0 && found < 0; i--) {
			Write write = this.writes.get(i);
			if (Objects.equals(write.text(), text) && write.outcome() != Outcome.REFUSED) {
				known = true;
				found = (i >= this.floor) ? i : -1;
			}
		}
		if (found < 0) {
			throw new Violation(
					"%s of %s is '%s', which %s, and at least '%s' was stored: %s".formatted(what, this.name, text,
							(known) ? "is older" : "was never accepted", this.writes.get(this.floor).text(), this));
		}
		if (text != null && this.writes.get(found).outcome() == Outcome.ACCEPTED) {
			this.floor = found;
		}
	}

	@Override
	public String toString() {
		return this.writes.toString();
	}

	/**
	 * What the writer was told.
	 */
	enum Outcome {

		/**
		 * The write is done, or is going to be.
		 */
		ACCEPTED,

		/**
		 * Nothing is to come of the write.
		 */
		REFUSED,

		/**
		 * The writer was told of a failure, but the write may be done.
		 */
		UNKNOWN

	}

	private record Write(@Nullable String text, Outcome outcome) {

		@Override
		public String toString() {
			return "'" + this.text + "' " + this.outcome.name().toLowerCase(java.util.Locale.ROOT);
		}

	}

}
