package io.cachepolicy.cache;

import java.util.Collection;
import java.util.List;

/**
 * What a value holds besides its own row, and how old that may be.
 *
 * @param parts the parts
 * @param moment when they were read
 */
record HeldParts(Collection<Object> parts, ReadMoment moment) {

	/**
	 * What a value holds that is one row.
	 */
	static final HeldParts NONE = new HeldParts(List.of(), ReadMoment.NEVER);

	boolean isEmpty() {
		return this.parts.isEmpty();
	}

}
