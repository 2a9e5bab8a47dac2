package io.cachepolicy.spi;

import java.util.Collection;

/**
 * Parts of values of which it is not known, one by one, whether they changed. Immutable.
 */
public interface PartRange {

	/**
	 * Return whether a part may have changed.
	 * @param part the part, one of {@link StoreParts#of}
	 * @return whether it is within the range
	 */
	boolean contains(Object part);

	/**
	 * Return how other instances are told of the range.
	 * @return the names, of which each stands for one part or more
	 */
	Collection<PartName> names();

}
