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

	private final Map<Object, DeadLetter> letters = new LinkedHashMap<>();

	private volatile boolean empty = true;

	private long lastId;

	synchronized long nextId() {
		return ++this.lastId;
	}

	void add(DeadLetter letter) {
		logger.error("Write became a dead letter after " + letter.attempts() + " attempt(s): cache '" + letter.cache()
				+ "', key '" + letter.key() + "'", letter.reason());
		DeadLetter dropped = keep(letter);
		if (dropped != null) {
			logger.error("Dropped the oldest of " + LIMIT + " dead letters: cache '" + dropped.cache() + "', key '"
					+ dropped.key() + "'");
		}
	}

	private synchronized @Nullable DeadLetter keep(DeadLetter letter) {
		this.empty = false;
		this.letters.remove(letter.key());
		this.letters.put(letter.key(), letter);
		return (this.letters.size() > LIMIT) ? removeOldest() : null;
	}

	private DeadLetter removeOldest() {
		Iterator<DeadLetter> oldest = this.letters.values().iterator();
		DeadLetter removed = oldest.next();
		oldest.remove();
		return removed;
	}

	/**
	 * Drop the dead letter of a key, of which there is a newer write.
	 * @param key the key
	 */
	void supersede(Object key) {
		if (!this.empty) {
			remove(key);
		}
	}

	private synchronized void remove(Object key) {
		this.letters.remove(key);
		this.empty = this.letters.isEmpty();
	}

	synchronized List<DeadLetter> list() {
		return List.copyOf(this.letters.values());
	}

	synchronized boolean remove(DeadLetter letter) {
		DeadLetter kept = this.letters.get(letter.key());
		if (kept == null || kept.id() != letter.id()) {
			return false;
		}
		remove(letter.key());
		return true;
	}

}
