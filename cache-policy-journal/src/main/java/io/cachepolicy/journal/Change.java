package io.cachepolicy.journal;

import org.jspecify.annotations.Nullable;

/**
 * A change of one record.
 *
 * @param key the key of the record
 * @param value the record, {@code null} to delete it
 */
record Change(byte[] key, byte @Nullable [] value) {

	static Change put(byte[] key, byte[] value) {
		return new Change(key, value);
	}

	static Change delete(byte[] key) {
		return new Change(key, null);
	}

}
