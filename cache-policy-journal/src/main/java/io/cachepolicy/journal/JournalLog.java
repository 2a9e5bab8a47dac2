package io.cachepolicy.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.PendingLog.Outcome;
import io.cachepolicy.spi.PendingLog.Recovery;
import io.cachepolicy.spi.PendingLog.Revision;
import io.cachepolicy.spi.StoreVersions.Lineage;
import org.jspecify.annotations.Nullable;

/**
 * The log of one cache. Thread-safe, as far as the calls of a key are ordered.
 * <p>
 * A record keeps its place when a write takes the value of a newer one: {@code moved}
 * tells where the record of a sequence number is, if it is not at that number. The record
 * of a dead letter stays where it was.
 */
final class JournalLog implements PendingLog {

	private final Appender appender;

	private final Admission admission;

	private final BackingStore store;

	private final Codecs codecs;

	private final WriteRecord records;

	private final int cache;

	private final LogRecovery recovery;

	private final Map<Long, Long> moved = new ConcurrentHashMap<>();

	private final Set<Long> buried = ConcurrentHashMap.newKeySet();

	private final Set<Long> withLineage = ConcurrentHashMap.newKeySet();

	private final Map<Long, Long> letters = new ConcurrentHashMap<>();

	private final Map<Object, byte[]> held = new ConcurrentHashMap<>();

	private final AtomicLong promises = new AtomicLong();

	private List<Change> afterRecovery = List.of();

	/**
	 * Create a log.
	 * @param cache its number
	 * @param store its store
	 * @param codecs how its keys and values are encoded
	 * @param appender takes the records
	 * @param admission says whether there is room for records
	 * @param recovery reads what is there
	 */
	JournalLog(int cache, BackingStore store, Codecs codecs, Appender appender, Admission admission,
			LogRecovery recovery) {
		this.cache = cache;
		this.store = store;
		this.codecs = codecs;
		this.appender = appender;
		this.admission = admission;
		this.recovery = recovery;
		this.records = new WriteRecord(codecs);
	}

	@Override
	public boolean isDurable() {
		return true;
	}

	@Override
	public @Nullable Entry prepare(Object key, Object value) {
		Lineage lineage = this.store.versions().export(key);
		byte[] bytes = this.records.encode(key, value, lineage);
		return (this.admission.take(bytes.length)) ? new JournalEntry(key, lineage, bytes) : null;
	}

	@Override
	public @Nullable Promise promise(Collection<Entry> entries) {
		long number = this.promises.incrementAndGet();
		int position = 0;
		for (Entry entry : entries) {
			((JournalEntry) entry).promise(Keys.of(Keys.PROMISED, this.cache, number, position));
			position++;
		}
		return (this.admission.force()) ? new JournalPromise() : null;
	}

	@Override
	public boolean force() {
		return this.admission.force();
	}

	@Override
	public void write() {
		if (!this.afterRecovery.isEmpty()) {
			this.appender.append(this.afterRecovery);
			this.afterRecovery = List.of();
		}
		this.appender.write();
	}

	@Override
	public void collapse(Object key, long sequence, Revision revision, long newer) {
		long place = place(newer);
		remove(sequence);
		this.moved.remove(newer);
		this.moved.put(sequence, place);
		this.appender.append(Change.put(Keys.of(Keys.MOVED, this.cache, place),
				ByteBuffer.allocate(17)
					.putLong(sequence)
					.putLong(revision.number())
					.put((byte) ((revision.overwriting()) ? 1 : 0))
					.array()));
		if (this.withLineage.remove(newer)) {
			this.appender.append(Change.delete(Keys.of(Keys.LINEAGE, this.cache, newer)));
			recordLineage(key, sequence);
		}
	}

	private long place(long sequence) {
		return this.moved.getOrDefault(sequence, sequence);
	}

	private void remove(long sequence) {
		Long place = this.moved.remove(sequence);
		if (place == null) {
			this.appender.append(Change.delete(Keys.of(Keys.PENDING, this.cache, sequence)));
		}
		else {
			this.appender.append(List.of(Change.delete(Keys.of(Keys.PENDING, this.cache, place)),
					Change.delete(Keys.of(Keys.MOVED, this.cache, place))));
		}
	}

	private void recordLineage(Object key, long sequence) {
		Lineage lineage = this.store.versions().export(key);
		byte[] bytes = (lineage != null) ? this.codecs.encodeLineage(lineage) : new byte[0];
		if (bytes.length > 0) {
			this.withLineage.add(sequence);
			this.appender.append(Change.put(Keys.of(Keys.LINEAGE, this.cache, sequence), bytes));
		}
	}

	@Override
	public void hold(Object key, long sequence) {
		byte[] heldKey = Keys.of(Keys.HELD, this.cache, this.codecs.encodeKey(key));
		this.held.put(key, heldKey);
		this.appender.append(Change.put(heldKey, ByteBuffer.allocate(8).putLong(sequence).array()));
	}

	@Override
	public void release(Object key) {
		byte[] heldKey = this.held.remove(key);
		if (heldKey != null) {
			this.appender.append(Change.delete(heldKey));
		}
	}

	@Override
	public void settle(Object key, long sequence, Outcome outcome, long next) {
		if (!this.buried.remove(sequence)) {
			remove(sequence);
		}
		if (this.withLineage.remove(sequence)) {
			this.appender.append(Change.delete(Keys.of(Keys.LINEAGE, this.cache, sequence)));
		}
		if (next != 0 && outcome == Outcome.WRITTEN) {
			recordLineage(key, next);
		}
	}

	@Override
	public void bury(DeadLetter letter, long sequence) {
		long place = place(sequence);
		this.buried.add(sequence);
		this.letters.put(letter.id(), place);
		this.appender.append(Change.put(Keys.of(Keys.LETTER, this.cache, letter.id()),
				LetterRecord.of(letter, sequence, place).encode()));
	}

	@Override
	public void forget(DeadLetter letter) {
		Long place = this.letters.remove(letter.id());
		if (place != null) {
			this.appender.append(List.of(Change.delete(Keys.of(Keys.LETTER, this.cache, letter.id())),
					Change.delete(Keys.of(Keys.PENDING, this.cache, place)),
					Change.delete(Keys.of(Keys.MOVED, this.cache, place))));
		}
	}

	@Override
	public void recover(Recovery told) {
		LogRecovery.Result result = this.recovery.recover(this.records, told);
		this.letters.putAll(result.letters());
		this.withLineage.addAll(result.withLineage());
		this.appender.append(result.now());
		this.afterRecovery = new ArrayList<>(result.later());
	}

	/**
	 * A write that is ready. Used by one thread.
	 */
	private final class JournalEntry implements Entry {

		private final Object key;

		private final @Nullable Lineage lineage;

		private final byte[] bytes;

		private byte @Nullable [] promised;

		JournalEntry(Object key, @Nullable Lineage lineage, byte[] bytes) {
			this.key = key;
			this.lineage = lineage;
			this.bytes = bytes;
		}

		void promise(byte[] key) {
			this.promised = key;
			JournalLog.this.appender.append(Change.put(key, this.bytes));
		}

		@Override
		public void append(long sequence, Revision revision) {
			JournalLog log = JournalLog.this;
			Long place = log.moved.get(sequence);
			if (place != null) {
				log.remove(sequence);
			}
			log.appender.append(Change.put(Keys.of(Keys.PENDING, log.cache, sequence),
					WriteRecord.withRevision(this.bytes, revision)));
			if (log.withLineage.contains(sequence)
					|| !Objects.equals(this.lineage, log.store.versions().export(this.key))) {
				// A flush of the key ended since the write was made ready
				log.recordLineage(this.key, sequence);
			}
			end();
		}

		@Override
		public void cancel() {
			end();
		}

		private void end() {
			JournalLog.this.admission.giveBack(this.bytes.length);
			if (this.promised != null) {
				JournalLog.this.appender.append(Change.delete(this.promised));
				this.promised = null;
			}
		}

	}

	/**
	 * Writes of a transaction.
	 */
	private final class JournalPromise implements Promise {

		private boolean committed;

		@Override
		public void commit() {
			this.committed = true;
			JournalLog.this.appender.begin();
		}

		@Override
		public void end() {
			if (this.committed) {
				JournalLog.this.appender.end();
				JournalLog.this.admission.forceQuietly();
			}
			else {
				JournalLog.this.appender.write();
			}
		}

	}

}
