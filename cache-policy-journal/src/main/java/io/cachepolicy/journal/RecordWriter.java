package io.cachepolicy.journal;

import java.util.Collection;

/**
 * Writes changes of records. Thread-safe.
 */
interface RecordWriter {

	/**
	 * Write changes, all or none.
	 * @param changes the changes, in order
	 * @param sync whether to wait for the disk
	 * @throws StorageException if that failed
	 */
	void write(Collection<Change> changes, boolean sync);

	/**
	 * Open the records once more, after they could not be written: what is broken inside
	 * is gone then.
	 * @throws StorageException if that failed
	 */
	void reopen();

}
