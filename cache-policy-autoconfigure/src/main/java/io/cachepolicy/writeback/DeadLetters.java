package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.cache.DeferredWrites;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The dead letters of a cache, oldest first, bounded: the oldest makes place for a new
 * one, with a message. Guarded by its own monitor.
 */
final class DeadLetters {

	static final int LIMIT = 10_000;

	private static final Log logger = LogFactory.getLog(DeadLetters.class);

	private final String cacheName;

	private final Clock clock;

	private final Deque<DeadLetter> letters = new ArrayDeque<>();

	private long lastId;

	DeadLetters(String cacheName, Clock clock) {
		this.cacheName = cacheName;
		this.clock = clock;
	}

	void add(PendingWrites.Claim claim, Throwable reason, int attempts, Instant firstFailure) {
		Object value = (claim.value() != DeferredWrites.DELETED) ? claim.value() : null;
		DeadLetter letter;
		DeadLetter dropped = null;
		synchronized (this) {
			letter = new DeadLetter(++this.lastId, this.cacheName, claim.key(), value, reason, attempts, firstFailure,
					this.clock.instant());
			if (this.letters.size() == LIMIT) {
				dropped = this.letters.removeFirst();
			}
			this.letters.addLast(letter);
		}
		logger.error("Write became a dead letter after " + attempts + " attempt(s): cache '" + this.cacheName
				+ "', key '" + claim.key() + "'", reason);
		if (dropped != null) {
			logger.error("Dropped the oldest of " + LIMIT + " dead letters: cache '" + this.cacheName + "', key '"
					+ dropped.key() + "'");
		}
	}

	synchronized List<DeadLetter> list() {
		return List.copyOf(this.letters);
	}

	synchronized boolean remove(DeadLetter letter) {
		return this.letters.removeIf((kept) -> kept.id() == letter.id());
	}

}
