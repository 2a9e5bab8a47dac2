package io.cachepolicy.spi;

import io.cachepolicy.text.KeyText;

/**
 * A row to which another one refers.
 *
 * @param rows the kind of row, see {@link RowRelations#rows()}
 * @param key the key of the row
 */
public record RowReference(Object rows, Object key) {

	@Override
	public String toString() {
		return "RowReference[rows=%s, key=%s]".formatted(this.rows, KeyText.of(this.key));
	}

}
