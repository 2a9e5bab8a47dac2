package io.cachepolicy.spi;

/**
 * A record of the pending writes of one cache, from which they can be recovered when the
 * process died. What is pending in memory is what was {@link Entry#append appended} and
 * not {@link #settle settled}.
 * <p>
 * A write has a sequence number, which it keeps, and a revision, which grows whenever a
 * newer value of its key takes its place: the last revision counts. The methods that
 * append, collapse and settle are called under a lock of the key, so that the order of
 * the record is that of the key. They neither wait nor fail; what may is done by
 * {@link #prepare} before and by {@link #force} after, outside of any lock.
 */
public interface PendingLog {

	/**
	 * A log that keeps nothing: what is pending dies with the process.
	 */
	PendingLog NONE = new PendingLog() {

		@Override
		public Entry prepare(Object key, Object value) {
			return Entry.NONE;
		}

		@Override
		public void force() {
		}

		@Override
		public void collapse(Object key, long sequence, long revision, long newer) {
		}

		@Override
		public void hold(Object key, long sequence) {
		}

		@Override
		public void release(Object key) {
		}

		@Override
		public void settle(Object key, long sequence, Outcome outcome) {
		}

		@Override
		public void recover(Recovery recovery) {
		}

	};

	/**
	 * Make ready to append a write: encode it, and take the room that it needs. In a
	 * transaction this is done before the commit.
	 * @param key the key
	 * @param value the value, or {@link Absent#VALUE} for a removal
	 * @return the entry, to be appended or cancelled
	 * @throws io.cachepolicy.WriteRefusedException if the log can't take the write
	 */
	Entry prepare(Object key, Object value);

	/**
	 * Wait until what this thread appended outlives the process.
	 */
	void force();

	/**
	 * Let a write take the value of a newer one of its key, which is settled.
	 * @param key the key
	 * @param sequence the write that stays
	 * @param revision its revision from now on
	 * @param newer the sequence number of the newer write
	 */
	void collapse(Object key, long sequence, long revision, long newer);

	/**
	 * A newer value of a key is about to be stored past the pending writes. If nothing
	 * more is heard of it, nobody knows which of them the store has.
	 * @param key the key
	 * @param sequence the last write that is older than the value
	 */
	void hold(Object key, long sequence);

	/**
	 * The newer value was not stored, or the older writes are settled.
	 * @param key the key
	 */
	void release(Object key);

	/**
	 * A write is no longer pending.
	 * @param key the key
	 * @param sequence its sequence number
	 * @param outcome what became of it
	 */
	void settle(Object key, long sequence, Outcome outcome);

	/**
	 * Tell what an earlier process left, in the order of sequence numbers. Called once,
	 * before anything else.
	 * @param recovery told of each write
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
			public void append(long sequence, long revision) {
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
		void append(long sequence, long revision);

		/**
		 * Give up the entry: the write was refused, rolled back or stored at once.
		 */
		void cancel();

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
	 * Told of what an earlier process left.
	 */
	@FunctionalInterface
	interface Recovery {

		/**
		 * A write was pending.
		 * @param key the key
		 * @param value the value, or {@link Absent#VALUE} for a removal
		 * @param sequence its sequence number
		 * @param revision its revision
		 */
		void pending(Object key, Object value, long sequence, long revision);

	}

	/**
	 * Opens the logs of caches.
	 */
	@FunctionalInterface
	interface Factory {

		/**
		 * Logs that keep nothing.
		 */
		Factory NONE = (cacheName, store) -> PendingLog.NONE;

		/**
		 * Open the log of a cache.
		 * @param cacheName the name of the cache
		 * @param store the store of the cache
		 * @return the log, {@link PendingLog#NONE} if what is pending need not survive
		 */
		PendingLog open(String cacheName, BackingStore store);

	}

}
