package io.cachepolicy;

import java.util.Collection;
import java.util.Set;

/**
 * Thrown by a {@link CacheStore} that stored or deleted only some of the entries of a
 * call. Those are not written again; the others are treated as the cause says.
 */
@SuppressWarnings("serial")
public class PartialWriteException extends RuntimeException {

	private final Set<Object> writtenKeys;

	/**
	 * Create an exception.
	 * @param writtenKeys the keys whose entries are in the store, or deleted from it
	 * @param cause why the others are not
	 */
	public PartialWriteException(Collection<?> writtenKeys, Throwable cause) {
		super("%d entries of the call were written, the others were not".formatted(writtenKeys.size()), cause);
		this.writtenKeys = Set.copyOf(writtenKeys);
	}

	/**
	 * Return the keys whose entries were written.
	 * @return the keys that need no further attempt
	 */
	public Set<Object> getWrittenKeys() {
		return this.writtenKeys;
	}

}
