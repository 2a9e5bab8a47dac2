package io.cachepolicy.transactions;

import org.jspecify.annotations.Nullable;

/**
 * The texts of the three accounts of a case.
 *
 * @param existing the text of the one that is there at first, {@code null} if it is gone
 * @param fresh the text of the one that is not there at first
 * @param neighbour the text of the one that nothing but the scenario writes
 */
record Rows(@Nullable String existing, @Nullable String fresh, @Nullable String neighbour) {

	Rows existing(@Nullable String text) {
		return new Rows(text, this.fresh, this.neighbour);
	}

	Rows fresh(@Nullable String text) {
		return new Rows(this.existing, text, this.neighbour);
	}

	Rows neighbour(@Nullable String text) {
		return new Rows(this.existing, this.fresh, text);
	}

}
