package io.cachepolicy.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import io.cachepolicy.spi.PendingLog.Recovered;
import io.cachepolicy.spi.PendingLog.Recovery;
import io.cachepolicy.spi.PendingLog.Revision;
import io.cachepolicy.text.FailureLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one cache that an earlier process left. What can't be read is kept
 * aside, and tried again at the next start.
 */
final class LogRecovery {

	private static final Log logger = LogFactory.getLog(LogRecovery.class);

	private static final String NO_OUTCOME = "The process ended before it was recorded whether the transaction of the write committed";

	private static final String HELD = "The process ended while a newer value was being stored past the pending write";

	private static final String UNREADABLE = "The record of the write could not be read for some time";

	private final FailureLog failures = new FailureLog(logger);

	private final String cacheName;

	private final int cache;

	private final Storage storage;

	private final JournalCounts counts;

	private final Map<Long, byte[]> moved = new HashMap<>();

	private final Map<Long, byte[]> lineages = new HashMap<>();

	private final Set<Long> buried = new HashSet<>();

	private final Map<Long, Long> places = new HashMap<>();

	private final Map<String, Long> held = new HashMap<>();

	private final List<Change> now = new ArrayList<>();

	private final List<Change> later = new ArrayList<>();

	private final Set<Long> withLineage = ConcurrentHashMap.newKeySet();

	/**
	 * The highest sequence number.
	 */
	private long last;

	/**
	 * The highest id of a dead letter.
	 */
	private long lastLetter;

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
		scan(Keys.MOVED, (key, value) -> this.moved.put(Keys.number(key), value));
		scan(Keys.LINEAGE, (key, value) -> this.lineages.put(Keys.number(key), value));
		scan(Keys.HELD, (key, value) -> {
			this.held.put(text(Keys.suffix(key)),
					(value.length >= Long.BYTES) ? ByteBuffer.wrap(value).getLong() : Long.MAX_VALUE);
			this.later.add(Change.delete(key));
		});
		scan(Keys.LETTER, (key, value) -> recoverLetter(records, told, Keys.number(key), value));
		scan(Keys.PENDING, (key, value) -> {
			long place = Keys.number(key);
			this.last = Math.max(this.last, place);
			if (!this.buried.contains(place)) {
				recoverWrite(records, told, place, value);
			}
			this.moved.remove(place);
		});
		scan(Keys.PROMISED, (key, value) -> recoverInDoubt(records, told, key, value, NO_OUTCOME));
		scan(Keys.UNREADABLE, (key, value) -> retry(records, told, key, value));
		scan(Keys.UNREADABLE_LETTER, (key, value) -> retryLetter(records, told, key, value));
		removeWhatIsLeft();
		return new Result(this.now, this.later, this.places, this.withLineage);
	}

	/**
	 * Remove what belongs to writes that are gone, as their sequence numbers are used
	 * again.
	 */
	private void removeWhatIsLeft() {
		this.moved.keySet().forEach((place) -> this.now.add(Change.delete(Keys.of(Keys.MOVED, this.cache, place))));
		this.lineages.keySet()
			.stream()
			.filter((sequence) -> !this.withLineage.contains(sequence))
			.forEach((sequence) -> this.now.add(Change.delete(Keys.of(Keys.LINEAGE, this.cache, sequence))));
	}

	private void scan(char type, BiConsumer<byte[], byte[]> consumer) {
		this.storage.scan(Keys.prefix(type, this.cache), consumer);
	}

	private void recoverLetter(WriteRecord records, Recovery told, long id, byte[] letterBytes) {
		this.lastLetter = Math.max(this.lastLetter, id);
		long place = LetterRecord.placeOf(letterBytes);
		this.buried.add(place);
		byte[] bytes = this.storage.get(Keys.of(Keys.PENDING, this.cache, place));
		try {
			LetterRecord letter = LetterRecord.decode(letterBytes);
			if (bytes == null) {
				throw new IllegalArgumentException("Its value is missing");
			}
			told.deadLetter(letter.letter(id, this.cacheName, records.decode(letter.sequence(), bytes, null)),
					letter.sequence());
			this.places.put(id, letter.sequence());
			if (letter.place() != letter.sequence()) {
				move(id, letter, bytes);
			}
		}
		catch (RuntimeException ex) {
			keepLetterAside(id, place, letterBytes, bytes, ex);
		}
	}

	private void keepLetterAside(long id, long place, byte[] letter, byte @Nullable [] write, RuntimeException reason) {
		byte[] bytes = (write != null) ? write : new byte[0];
		this.now.add(Change.delete(Keys.of(Keys.LETTER, this.cache, id)));
		this.now.add(Change.delete(Keys.of(Keys.PENDING, this.cache, place)));
		this.now.add(Change.put(Keys.of(Keys.UNREADABLE_LETTER, this.cache, randomSuffix()),
				ByteBuffer.allocate(Integer.BYTES + letter.length + bytes.length)
					.putInt(letter.length)
					.put(letter)
					.put(bytes)
					.array()));
		unreadable("dead letter", reason);
	}

	private void retryLetter(WriteRecord records, Recovery told, byte[] key, byte[] value) {
		try {
			ByteBuffer buffer = ByteBuffer.wrap(value);
			byte[] letterBytes = new byte[buffer.getInt()];
			buffer.get(letterBytes);
			byte[] bytes = new byte[buffer.remaining()];
			buffer.get(bytes);
			LetterRecord letter = LetterRecord.decode(letterBytes).at(this.last + 1);
			Recovered write = records.decode(letter.sequence(), bytes, null);
			this.last++;
			this.lastLetter++;
			told.deadLetter(letter.letter(this.lastLetter, this.cacheName, write), letter.sequence());
			this.places.put(this.lastLetter, letter.sequence());
			this.now.add(Change.delete(key));
			this.now.add(Change.put(Keys.of(Keys.PENDING, this.cache, letter.sequence()), bytes));
			this.now.add(Change.put(Keys.of(Keys.LETTER, this.cache, this.lastLetter), letter.encode()));
		}
		catch (RuntimeException ex) {
			unreadable("dead letter", ex);
		}
	}

	private void move(long id, LetterRecord letter, byte[] bytes) {
		this.now.add(Change.delete(Keys.of(Keys.MOVED, this.cache, letter.place())));
		this.now.add(Change.delete(Keys.of(Keys.PENDING, this.cache, letter.place())));
		this.now.add(Change.put(Keys.of(Keys.PENDING, this.cache, letter.sequence()), bytes));
		this.now.add(Change.put(Keys.of(Keys.LETTER, this.cache, id), letter.at(letter.sequence()).encode()));
	}

	private void recoverWrite(WriteRecord records, Recovery told, long place, byte[] bytes) {
		Moved moved;
		long sequence;
		byte[] current;
		Recovered write;
		String key;
		try {
			moved = Moved.decode(this.moved.get(place));
			sequence = (moved != null) ? moved.sequence() : place;
			current = (moved != null) ? WriteRecord.withRevision(bytes, moved.revision()) : bytes;
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
		this.now.add(Change.delete(key));
		this.now.add(Change.put(Keys.of(Keys.UNREADABLE, this.cache, randomSuffix()), value));
		unreadable("record", reason);
	}

	private static byte[] randomSuffix() {
		UUID id = UUID.randomUUID();
		return ByteBuffer.allocate(16)
			.putLong(id.getMostSignificantBits())
			.putLong(id.getLeastSignificantBits())
			.array();
	}

	private void unreadable(String what, RuntimeException reason) {
		this.counts.unreadable.increment();
		this.failures.error("A %s of cache '%s' can't be read, it is kept".formatted(what, this.cacheName), reason);
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

		static @Nullable Moved decode(byte @Nullable [] bytes) {
			if (bytes == null) {
				return null;
			}
			ByteBuffer buffer = ByteBuffer.wrap(bytes);
			return new Moved(buffer.getLong(), new Revision(buffer.getLong(), buffer.get() != 0));
		}

	}

}
