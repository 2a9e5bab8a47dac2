/**
 * Pending writes that survive the end of the process: a
 * {@link io.cachepolicy.spi.PendingLog} on RocksDB.
 * {@link io.cachepolicy.journal.JournalAutoConfiguration} is the door.
 */
@NullMarked
package io.cachepolicy.journal;

import org.jspecify.annotations.NullMarked;
