package io.cachepolicy.spi;

import java.util.Collection;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.text.KeyText;
import org.jspecify.annotations.Nullable;

/**
 * A record of the pending writes of one cache, from which they can be recovered when the
 * process died. What is pending in memory is what was {@link Entry#append appended} and
 * not {@link #settle settled}; a write that was {@link #bury buried} before it was
 * settled is a dead letter.
 * <p>
 * A write has a sequence number, which it keeps, and a revision, which grows whenever a
 * newer value of its key takes its place: the last revision counts. The methods that
 * append, collapse, hold, settle and bury are called under locks, so that the order of
 * the record is that of the keys. They neither wait nor fail; what may is done by
 * {@link #prepare} and {@link #promise} before and by {@link #force} after, outside of
 * any lock. What was not forced may be lost with the process.
 */
public interface PendingLog {

	/**
	 * A log that keeps nothing: what is pending dies with the process.
	 */
	PendingLog NONE = new PendingLog() {

		@Override
		public boolean isDurable() {
			return false;
		}

		@Override
		public Entry prepare(Object key, Object value) {
			return Entry.NONE;
		}

		@Override
		public Promise promise(Collection<Entry> entries) {
			return Promise.NONE;
		}

		@Override
		public boolean force() {
			return true;
		}

		@Override
		public void write() {
		}

		@Override
		public void collapse(Object key, long sequence, Revision revision, long newer) {
		}

		@Override
		public void hold(Object key, long sequence) {
		}

		@Override
		public void release(Object key) {
		}

		@Override
		public void settle(Object key, long sequence, Outcome outcome, long next) {
		}

		@Override
		public void bury(DeadLetter letter, long sequence) {
		}

		@Override
		public void forget(DeadLetter letter) {
		}

		@Override
		public void recover(Recovery recovery) {
		}

	};

	/**
	 * Return whether what is pending outlives the process.
	 * @return {@code false} if a write is lost that is pending when the process ends
	 */
	boolean isDurable();

	/**
	 * Make ready to append a write: encode it, and take the room that it needs.
	 * @param key the key
	 * @param value the value, or {@link Absent#VALUE} for a removal
	 * @return the entry, to be appended or cancelled; {@code null} if the log can't take
	 * the write, which is to be written through
	 * @throws io.cachepolicy.WriteRefusedException if the log can't take the write
	 */
	@Nullable Entry prepare(Object key, Object value);

	/**
	 * Record entries that a transaction is going to append when it has committed, and
	 * wait until that outlives the process. If nothing more is heard of them, nobody
	 * knows whether it has.
	 * @param entries the entries
	 * @return the promise, to be ended; {@code null} if the log can't take the writes,
	 * which are to be written through
	 * @throws io.cachepolicy.WriteRefusedException if the log can't take the writes
	 */
	@Nullable Promise promise(Collection<Entry> entries);

	/**
	 * Wait until what this thread appended outlives the process.
	 * @return {@code false} if that failed, and what was appended is to be written
	 * through
	 * @throws io.cachepolicy.WriteNotRecordedException if that failed
	 */
	boolean force();

	/**
	 * Write what was recorded, but do not wait for the disk: a good time for what need
	 * not be forced.
	 */
	void write();

	/**
	 * Let a write take the value of a newer one of its key, which is settled.
	 * @param key the key
	 * @param sequence the write that stays
	 * @param revision its revision from now on
	 * @param newer the sequence number of the newer write
	 */
	void collapse(Object key, long sequence, Revision revision, long newer);

	/**
	 * A newer value of a key is about to be stored past the pending writes. If nothing
	 * more is heard of it, nobody knows which of them the store has.
	 * @param key the key
	 * @param sequence the last write that is older than the value
	 */
	void hold(Object key, long sequence);

	/**
	 * The newer value was not stored, or the older writes are settled. Called without a
	 * {@link #hold} too.
	 * @param key the key
	 */
	void release(Object key);

	/**
	 * A write is no longer pending.
	 * @param key the key
	 * @param sequence its sequence number
	 * @param outcome what became of it
	 * @param next the sequence number of the next pending write of the key, {@code 0} if
	 * there is none: it is based on the versions through which the key was led up to now
	 */
	void settle(Object key, long sequence, Outcome outcome, long next);

	/**
	 * A write became a dead letter, and is going to be settled.
	 * @param letter the dead letter
	 * @param sequence the sequence number of the write
	 */
	void bury(DeadLetter letter, long sequence);

	/**
	 * A dead letter is no longer kept.
	 * @param letter the dead letter
	 */
	void forget(DeadLetter letter);

	/**
	 * Tell what an earlier process left: dead letters, then writes in doubt, then pending
	 * ones, these in the order of sequence numbers. Called once, before anything else.
	 * @param recovery told of each
	 */
	void recover(Recovery recovery);

	/**
	 * A write that is ready to be appended.
	 */
	interface Entry {

		/**
		 * An entry of no log.
		 */
		Entry NONE = new Entry() {

			@Override
			public void append(long sequence, Revision revision) {
			}

			@Override
			public void cancel() {
			}

		};

		/**
		 * Append the write.
		 * @param sequence its sequence number
		 * @param revision its revision
		 */
		void append(long sequence, Revision revision);

		/**
		 * Give up the entry: the write was refused, rolled back or stored at once.
		 */
		void cancel();

	}

	/**
	 * Entries of a transaction. Used by its thread.
	 */
	interface Promise {

		/**
		 * A promise of no log.
		 */
		Promise NONE = new Promise() {

			@Override
			public void commit() {
			}

			@Override
			public void end() {
			}

		};

		/**
		 * The transaction has committed: what this thread appends until the end is
		 * recorded as a whole.
		 */
		void commit();

		/**
		 * Every entry was appended or cancelled. Waits until that outlives the process;
		 * if it fails, the log alone tells of it, as the transaction is over.
		 */
		void end();

	}

	/**
	 * The value of a pending write, told from earlier ones.
	 *
	 * @param number how often a newer value took the place of an older one
	 * @param overwriting whether the value took the place of a removal, so that it is
	 * stored over whatever the row holds
	 */
	record Revision(long number, boolean overwriting) {

	}

	/**
	 * What becomes of a pending write.
	 */
	enum Outcome {

		/**
		 * The store has it.
		 */
		WRITTEN,

		/**
		 * The store has a newer value of its key.
		 */
		SUPERSEDED,

		/**
		 * It was given up: as a dead letter, or in favour of what someone else stored.
		 */
		GIVEN_UP

	}

	/**
	 * A write that was pending.
	 *
	 * @param key the key
	 * @param value the value, or {@link Absent#VALUE} for a removal
	 * @param sequence its sequence number
	 * @param revision its revision
	 * @param lineage through which versions the row had been led, {@code null} if that is
	 * not known
	 */
	record Recovered(Object key, Object value, long sequence, Revision revision,
			StoreVersions.@Nullable Lineage lineage) {

		@Override
		public String toString() {
			return "Recovered[key=%s, operation=%s, sequence=%d]".formatted(KeyText.of(this.key),
					(!Absent.is(this.value)) ? "put" : "remove", this.sequence);
		}

	}

	/**
	 * Told of what an earlier process left.
	 */
	interface Recovery {

		/**
		 * A write was pending.
		 * @param write the write
		 */
		void pending(Recovered write);

		/**
		 * Nobody knows whether a write is to be stored: its transaction may have rolled
		 * back, or the store may have a newer value.
		 * @param write the write, to be settled
		 * @param reason why nobody knows
		 */
		void inDoubt(Recovered write, String reason);

		/**
		 * A write had become a dead letter.
		 * @param letter the dead letter
		 * @param sequence the sequence number of the write
		 */
		void deadLetter(DeadLetter letter, long sequence);

	}

	/**
	 * Opens the logs of caches.
	 */
	@FunctionalInterface
	interface Factory {

		/**
		 * Open the log of a cache whose pending writes are to survive.
		 * @param cacheName the name of the cache
		 * @param store the store of the cache
		 * @return the log
		 * @throws io.cachepolicy.InvalidPolicyCacheException if the cache can't have one
		 */
		PendingLog open(String cacheName, BackingStore store);

		/**
		 * Return how much the logs take on disk.
		 * @return the size in bytes, {@code 0} if none is open
		 */
		default long size() {
			return 0;
		}

	}

}
