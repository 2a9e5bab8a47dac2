package io.cachepolicy.writeback;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.DeadLetter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of a cache, the last ones up to a limit and at most one per key: a
 * newer write of a key supersedes its dead letter, so that a replay never brings back an
 * older value. Guarded by its monitor; {@link #supersede} does not take it while there
 * are none.
 */
final class DeadLetters {

	static final int LIMIT = 10_000;

	private static final Log logger = LogFactory.getLog(DeadLetters.class);

	private final Map<Object, Kept> letters = new LinkedHashMap<>();

	private volatile boolean empty = true;

	private long lastId;

	synchronized long nextId() {
		return ++this.lastId;
	}

	/**
	 * Keep a dead letter.
	 * @param letter the dead letter
	 * @param sequence the sequence number of the write
	 */
	void add(DeadLetter letter, long sequence) {
		logger.error("Write became a dead letter after " + letter.attempts() + " attempt(s): cache '" + letter.cache()
				+ "', key '" + letter.key() + "'", letter.reason());
		DeadLetter dropped = keep(new Kept(letter, sequence));
		if (dropped != null) {
			logger.error("Dropped the oldest of " + LIMIT + " dead letters: cache '" + dropped.cache() + "', key '"
					+ dropped.key() + "'");
		}
	}

	private synchronized @Nullable DeadLetter keep(Kept kept) {
		this.empty = false;
		this.letters.remove(kept.letter().key());
		this.letters.put(kept.letter().key(), kept);
		return (this.letters.size() > LIMIT) ? removeOldest() : null;
	}

	private DeadLetter removeOldest() {
		Iterator<Kept> oldest = this.letters.values().iterator();
		DeadLetter removed = oldest.next().letter();
		oldest.remove();
		return removed;
	}

	/**
	 * Drop the dead letter of a key, of which there is a newer write. That one may have
	 * become a dead letter itself meanwhile, which is kept.
	 * @param key the key
	 * @param sequence the sequence number of the newer write
	 */
	void supersede(Object key, long sequence) {
		if (!this.empty) {
			removeOlder(key, sequence);
		}
	}

	private synchronized void removeOlder(Object key, long sequence) {
		this.letters.computeIfPresent(key, (k, kept) -> (kept.sequence() < sequence) ? null : kept);
		this.empty = this.letters.isEmpty();
	}

	synchronized List<DeadLetter> list() {
		return this.letters.values().stream().map(Kept::letter).toList();
	}

	/**
	 * Return the dead letter that is kept under the id of another one.
	 * @param letter the other one
	 * @return the dead letter, or {@code null} if it is no longer kept
	 */
	synchronized @Nullable DeadLetter find(DeadLetter letter) {
		Kept kept = this.letters.get(letter.key());
		return (kept != null && kept.letter().id() == letter.id()) ? kept.letter() : null;
	}

	/**
	 * Take out the dead letter that is kept under the id of another one.
	 * @param letter the other one
	 * @return whether it was kept
	 */
	synchronized boolean remove(DeadLetter letter) {
		if (find(letter) == null) {
			return false;
		}
		this.letters.remove(letter.key());
		this.empty = this.letters.isEmpty();
		return true;
	}

	/**
	 * A dead letter that is kept.
	 *
	 * @param letter the dead letter
	 * @param sequence the sequence number of its write
	 */
	private record Kept(DeadLetter letter, long sequence) {

	}

}
