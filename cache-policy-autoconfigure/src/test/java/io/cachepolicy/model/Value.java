package io.cachepolicy.model;

import org.jspecify.annotations.Nullable;

/**
 * A value of the model: a text that is written once only, or the absence of one.
 * <p>
 * The epoch says how often others had changed the row when its writer read it. Against a
 * row with a version, only a value of the row's epoch is no conflict.
 *
 * @param text the text, {@code null} for absence and for a removal
 * @param epoch the epoch, {@link #UNKNOWN} if it can't be told
 * @param fresh whether the instance may have no version, as its writer met no row
 * @param replacing whether the value may stand for a removal and an insert, as it
 * coalesced with a pending delete; of a row, whether it was removed by the cache, so that
 * instances of before may be inserted again
 */
record Value(@Nullable String text, int epoch, boolean fresh, boolean replacing) {

	static final int UNKNOWN = -1;

	/**
	 * What the database refuses while it checks texts.
	 */
	static final String BAD = "bad";

	/**
	 * What the database refuses to delete.
	 */
	static final String KEPT = "kept";

	static Value absent(int epoch) {
		return new Value(null, epoch, true, false);
	}

	/**
	 * The value that a writer makes of this one.
	 * @param text the new text
	 * @return the new value
	 */
	Value with(String text) {
		return new Value(text, this.epoch, this.fresh, false);
	}

	Value withEpoch(int epoch) {
		return new Value(this.text, epoch, this.fresh, this.replacing);
	}

	/**
	 * The row that a reader finds after this value was stored.
	 * @param epoch the epoch of the row
	 * @return the row
	 */
	Value asRow(int epoch) {
		return new Value(this.text, epoch, isAbsent(), isAbsent());
	}

	Value asReplacing() {
		return new Value(this.text, this.epoch, this.fresh, true);
	}

	boolean isAbsent() {
		return this.text == null;
	}

	boolean isBad() {
		return this.text != null && this.text.startsWith(BAD);
	}

	boolean isKept() {
		return this.text != null && this.text.startsWith(KEPT);
	}

	/**
	 * Whether readers can't tell the values apart.
	 * @param other the other value
	 * @return whether the texts are equal
	 */
	boolean looksLike(Value other) {
		return (this.text != null) ? this.text.equals(other.text) : other.text == null;
	}

	@Override
	public String toString() {
		return (this.text != null) ? this.text + "@" + this.epoch : "absent";
	}

}
