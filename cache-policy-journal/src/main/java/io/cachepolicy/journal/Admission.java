package io.cachepolicy.journal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.cachepolicy.WriteNotRecordedException;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.journal.JournalProperties.OnFailure;

/**
 * Says whether there is room for a record, and what a write meets that finds none: so a
 * full disk is met before anything has changed. Thread-safe.
 */
final class Admission {

	private static final long LOOK_INTERVAL = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long LOOK_BYTES = 1 << 20;

	/**
	 * What a record takes until it is where it stays: in the log, in a table, and in the
	 * table that a compaction makes.
	 */
	private static final int COPIES = 3;

	private final Storage storage;

	private final Appender appender;

	private final OnFailure onFailure;

	private final long minimumFree;

	private final JournalCounts counts;

	private final AtomicLong taken = new AtomicLong();

	private final AtomicLong sinceLook = new AtomicLong();

	private volatile long free;

	private volatile long lookedAt;

	Admission(Storage storage, Appender appender, OnFailure onFailure, long minimumFree, JournalCounts counts) {
		this.storage = storage;
		this.appender = appender;
		this.onFailure = onFailure;
		this.minimumFree = minimumFree;
		this.counts = counts;
		look(System.nanoTime());
	}

	/**
	 * Take room for a record.
	 * @param bytes its size
	 * @return {@code false} if the write is to be written through
	 * @throws WriteRefusedException if the write is refused
	 */
	boolean take(int bytes) {
		RuntimeException failure = this.appender.failure();
		if (failure != null) {
			return refuse("the last ones could not be written: " + failure.getMessage());
		}
		long needed = this.taken.addAndGet(bytes);
		long written = this.sinceLook.addAndGet(bytes);
		long now = System.nanoTime();
		if (written > LOOK_BYTES || now - this.lookedAt > LOOK_INTERVAL) {
			look(now);
			written = 0;
		}
		if (this.free - this.minimumFree < COPIES * (needed + written)) {
			this.taken.addAndGet(-bytes);
			return refuse("the disk has %d MB left".formatted(this.free >> 20));
		}
		return true;
	}

	private void look(long now) {
		this.lookedAt = now;
		this.sinceLook.set(0);
		this.free = this.storage.freeSpace();
	}

	void giveBack(int bytes) {
		this.taken.addAndGet(-bytes);
	}

	private boolean refuse(String reason) {
		this.counts.refused.increment();
		if (this.onFailure == OnFailure.WRITE_THROUGH) {
			return false;
		}
		throw new WriteRefusedException(
				"The write can't be recorded, %s. Make room in 'cache-policy.journal.directory', or set 'cache-policy.journal.on-failure' to write-through"
					.formatted(reason));
	}

	/**
	 * Wait until what was appended is durable.
	 * @return {@code false} if it is to be written through
	 * @throws WriteNotRecordedException if that failed
	 */
	boolean force() {
		try {
			this.appender.force();
			return true;
		}
		catch (RuntimeException ex) {
			if (this.onFailure == OnFailure.WRITE_THROUGH) {
				return false;
			}
			throw new WriteNotRecordedException(
					"The write could not be recorded in 'cache-policy.journal.directory'. It is pending in memory", ex);
		}
	}

	/**
	 * Wait until what was appended is durable. A failure is told by health and log.
	 */
	void forceQuietly() {
		try {
			this.appender.force();
		}
		catch (RuntimeException ex) {
			// The appender logged it, and keeps what it could not write
			this.counts.refused.increment();
		}
	}

}
