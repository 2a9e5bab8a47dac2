package io.cachepolicy.spi;

/**
 * Copies values, so that callers and cache do not share them.
 */
@FunctionalInterface
public interface ValueCopier {

	/**
	 * Return a copy of the value, detached from any persistence context, or the value
	 * itself if it is not of a kind that can be copied.
	 * @param value the value
	 * @return the copy
	 */
	Object copy(Object value);

}
