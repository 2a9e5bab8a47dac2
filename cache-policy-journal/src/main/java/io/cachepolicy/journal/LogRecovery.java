package io.cachepolicy.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

import io.cachepolicy.spi.PendingLog.Recovered;
import io.cachepolicy.spi.PendingLog.Recovery;
import io.cachepolicy.spi.PendingLog.Revision;
import io.cachepolicy.text.FailureText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Reads the records of one cache that an earlier process left. What can't be read is kept
 * aside, and tried again at the next start.
 */
final class LogRecovery {

	private static final Log logger = LogFactory.getLog(LogRecovery.class);

	private static final String NO_OUTCOME = "The process ended before it was recorded whether the transaction of the write committed";

	private static final String HELD = "The process ended while a newer value was being stored past the pending write";

	private static final String UNREADABLE = "The record of the write could not be read for some time";

	private final String cacheName;

	private final int cache;

	private final Storage storage;

	private final JournalCounts counts;

	private final Map<Long, Moved> moved = new HashMap<>();

	private final Map<Long, byte[]> lineages = new HashMap<>();

	private final Map<Long, LetterRecord> letters = new TreeMap<>();

	private final Map<String, Long> held = new HashMap<>();

	private final List<Change> now = new ArrayList<>();

	private final List<Change> later = new ArrayList<>();

	private final Set<Long> withLineage = ConcurrentHashMap.newKeySet();

	private long last;

	LogRecovery(String cacheName, int cache, Storage storage, JournalCounts counts) {
		this.cacheName = cacheName;
		this.cache = cache;
		this.storage = storage;
		this.counts = counts;
	}

	/**
	 * Read the records.
	 * @param records decodes them
	 * @param told told of what they say
	 * @return what the log has to know
	 */
	Result recover(WriteRecord records, Recovery told) {
		scan(Keys.MOVED, (key, value) -> this.moved.put(Keys.number(key), Moved.decode(value)));
		scan(Keys.LINEAGE, (key, value) -> this.lineages.put(Keys.number(key), value));
		scan(Keys.HELD, (key, value) -> {
			this.held.put(text(Keys.suffix(key)), ByteBuffer.wrap(value).getLong());
			this.later.add(Change.delete(key));
		});
		scan(Keys.LETTER, (key, value) -> this.letters.put(Keys.number(key), LetterRecord.decode(value)));
		Set<Long> buried = this.letters.values().stream().map(LetterRecord::place).collect(Collectors.toSet());
		Map<Long, Long> places = recoverLetters(records, told);
		scan(Keys.PENDING, (key, value) -> {
			long place = Keys.number(key);
			this.last = Math.max(this.last, place);
			if (!buried.contains(place)) {
				recoverWrite(records, told, place, value);
			}
		});
		scan(Keys.PROMISED, (key, value) -> recoverInDoubt(records, told, key, value, NO_OUTCOME));
		scan(Keys.UNREADABLE, (key, value) -> retry(records, told, key, value));
		return new Result(this.now, this.later, places, this.withLineage);
	}

	private void scan(char type, BiConsumer<byte[], byte[]> consumer) {
		this.storage.scan(Keys.prefix(type, this.cache), consumer);
	}

	private Map<Long, Long> recoverLetters(WriteRecord records, Recovery told) {
		Map<Long, Long> places = new HashMap<>();
		this.letters.forEach((id, letter) -> {
			byte[] bytes = this.storage.get(Keys.of(Keys.PENDING, this.cache, letter.place()));
			try {
				if (bytes == null) {
					throw new IllegalArgumentException("Its value is missing");
				}
				told.deadLetter(letter.letter(id, this.cacheName, records.decode(letter.sequence(), bytes, null)),
						letter.sequence());
				places.put(id, letter.sequence());
				if (letter.place() != letter.sequence()) {
					move(id, letter, bytes);
				}
			}
			catch (RuntimeException ex) {
				unreadable("dead letter " + id, ex);
			}
		});
		return places;
	}

	private void move(long id, LetterRecord letter, byte[] bytes) {
		this.now.add(Change.delete(Keys.of(Keys.MOVED, this.cache, letter.place())));
		this.now.add(Change.delete(Keys.of(Keys.PENDING, this.cache, letter.place())));
		this.now.add(Change.put(Keys.of(Keys.PENDING, this.cache, letter.sequence()), bytes));
		this.now.add(Change.put(Keys.of(Keys.LETTER, this.cache, id), letter.inPlace().encode()));
	}

	private void recoverWrite(WriteRecord records, Recovery told, long place, byte[] bytes) {
		Moved moved = this.moved.get(place);
		long sequence = (moved != null) ? moved.sequence() : place;
		byte[] current = (moved != null) ? WriteRecord.withRevision(bytes, moved.revision()) : bytes;
		Recovered write;
		String key;
		try {
			write = records.decode(sequence, current, this.lineages.get(sequence));
			key = text(WriteRecord.keyOf(current));
		}
		catch (RuntimeException ex) {
			keepAside(Keys.of(Keys.PENDING, this.cache, place), bytes, ex);
			return;
		}
		if (moved != null) {
			this.now.add(Change.delete(Keys.of(Keys.MOVED, this.cache, place)));
			this.now.add(Change.delete(Keys.of(Keys.PENDING, this.cache, place)));
			this.now.add(Change.put(Keys.of(Keys.PENDING, this.cache, sequence), current));
		}
		if (this.lineages.containsKey(sequence)) {
			this.withLineage.add(sequence);
		}
		this.counts.recovered.increment();
		if (WriteRecord.isInDoubt(current)) {
			told.inDoubt(write, NO_OUTCOME);
		}
		else if (sequence <= this.held.getOrDefault(key, 0L)) {
			told.inDoubt(write, HELD);
		}
		else {
			told.pending(write);
		}
	}

	private void recoverInDoubt(WriteRecord records, Recovery told, byte[] key, byte[] value, String reason) {
		this.last++;
		try {
			Recovered write = records.decode(this.last, value, null);
			told.inDoubt(write, reason);
			this.counts.recovered.increment();
			this.now.add(Change.delete(key));
			this.now.add(Change.put(Keys.of(Keys.PENDING, this.cache, this.last), WriteRecord.inDoubt(value)));
		}
		catch (RuntimeException ex) {
			keepAside(key, value, ex);
		}
	}

	private void retry(WriteRecord records, Recovery told, byte[] key, byte[] value) {
		try {
			records.decode(this.last + 1, value, null);
		}
		catch (RuntimeException ex) {
			unreadable("record", ex);
			return;
		}
		recoverInDoubt(records, told, key, value, UNREADABLE);
	}

	private void keepAside(byte[] key, byte[] value, RuntimeException reason) {
		UUID id = UUID.randomUUID();
		byte[] suffix = ByteBuffer.allocate(16)
			.putLong(id.getMostSignificantBits())
			.putLong(id.getLeastSignificantBits())
			.array();
		this.now.add(Change.delete(key));
		this.now.add(Change.put(Keys.of(Keys.UNREADABLE, this.cache, suffix), value));
		unreadable("record", reason);
	}

	private void unreadable(String what, RuntimeException reason) {
		this.counts.unreadable.increment();
		logger.error("A %s of cache '%s' can't be read, it is kept".formatted(what, this.cacheName),
				FailureText.loggable(reason, logger));
	}

	private static String text(byte[] key) {
		return HexFormat.of().formatHex(key);
	}

	/**
	 * What the log has to know.
	 *
	 * @param now changes that put records where their writes belong
	 * @param later changes for when writes in doubt have become dead letters
	 * @param letters where the records of dead letters are, by id
	 * @param withLineage the sequence numbers of writes with a lineage of their own
	 */
	record Result(List<Change> now, List<Change> later, Map<Long, Long> letters, Set<Long> withLineage) {

		Result {
			letters = Collections.unmodifiableMap(letters);
		}

	}

	/**
	 * The place that a write has taken.
	 */
	private record Moved(long sequence, Revision revision) {

		static Moved decode(byte[] bytes) {
			ByteBuffer buffer = ByteBuffer.wrap(bytes);
			return new Moved(buffer.getLong(), new Revision(buffer.getLong(), buffer.get() != 0));
		}

	}

}
