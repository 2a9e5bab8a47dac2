package io.cachepolicy.writeback;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.text.FailureText;
import io.cachepolicy.text.KeyText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of a cache, at most one per key: a newer write of a key supersedes its
 * dead letter, so that a replay never brings back an older value. There is a limit, at
 * which the oldest one goes that a handler of the application took. One that no handler
 * took is never dropped: if there are only such ones, no further one is kept, and flushes
 * pause until there is room. Guarded by its monitor; {@link #supersede} and
 * {@link #isFull} do not take it while there are none.
 */
final class DeadLetters {

	static final int LIMIT = 10_000;

	private static final Log logger = LogFactory.getLog(DeadLetters.class);

	private final Runnable onRoom;

	private final PendingLog log;

	private final Map<Object, Kept> letters = new LinkedHashMap<>();

	/**
	 * How many are kept that no handler took.
	 */
	private int untaken;

	private volatile boolean empty = true;

	private volatile boolean full;

	private long lastId;

	/**
	 * Create an empty list that dies with the process.
	 * @param onRoom run when it is no longer full
	 */
	DeadLetters(Runnable onRoom) {
		this(onRoom, PendingLog.NONE);
	}

	/**
	 * Create an empty list.
	 * @param onRoom run when it is no longer full
	 * @param log where the dead letters are recorded
	 */
	DeadLetters(Runnable onRoom, PendingLog log) {
		this.onRoom = onRoom;
		this.log = log;
	}

	synchronized long nextId() {
		return ++this.lastId;
	}

	/**
	 * Return whether no further dead letter can be kept.
	 * @return whether flushes pause
	 */
	boolean isFull() {
		return this.full;
	}

	/**
	 * Keep a dead letter.
	 * @param letter the dead letter
	 * @param sequence the sequence number of the write
	 * @return {@code false} if there is no room for it
	 */
	boolean add(DeadLetter letter, long sequence) {
		if (!keep(new Kept(letter, sequence, false))) {
			return false;
		}
		logger.error("Write became a dead letter after " + letter.attempts() + " attempt(s): cache '" + letter.cache()
				+ "', key '" + KeyText.of(letter.key()) + "'", FailureText.loggable(letter.reason(), logger));
		return true;
	}

	private synchronized boolean keep(Kept kept) {
		boolean hadRoom = this.letters.size() < LIMIT || this.letters.containsKey(kept.letter().key());
		if (!hadRoom && this.untaken >= LIMIT) {
			noteFullness(kept.letter().cache());
			return false;
		}
		put(kept);
		this.log.bury(kept.letter(), kept.sequence());
		if (this.letters.size() > LIMIT) {
			removeOldestTaken();
		}
		return true;
	}

	private void put(Kept kept) {
		this.empty = false;
		forget(this.letters.remove(kept.letter().key()));
		this.letters.put(kept.letter().key(), kept);
		this.untaken++;
	}

	/**
	 * Take over a dead letter that an earlier process left, whether there is room or not.
	 * @param letter the dead letter
	 * @param sequence the sequence number of the write
	 */
	synchronized void recover(DeadLetter letter, long sequence) {
		this.lastId = Math.max(this.lastId, letter.id());
		put(new Kept(letter, sequence, false));
	}

	/**
	 * Keep a write of an earlier process of which nobody knows whether it is to be
	 * stored, whether there is room or not.
	 * @param letter the dead letter
	 * @param sequence the sequence number of the write
	 */
	void addInDoubt(DeadLetter letter, long sequence) {
		synchronized (this) {
			put(new Kept(letter, sequence, false));
			this.log.bury(letter, sequence);
		}
		logger.error("Nobody knows whether a write is to be stored, it became a dead letter: cache '" + letter.cache()
				+ "', key '" + KeyText.of(letter.key()) + "'", FailureText.loggable(letter.reason(), logger));
	}

	private void noteFullness(String cache) {
		if (!this.full) {
			this.full = true;
			logger.error("Cache '" + cache + "' has " + LIMIT + " dead letters that no WriteFailureHandler took. "
					+ "It flushes no more until some are replayed or discarded");
		}
	}

	private void removeOldestTaken() {
		Iterator<Kept> oldest = this.letters.values().iterator();
		while (oldest.hasNext()) {
			Kept kept = oldest.next();
			if (kept.taken()) {
				oldest.remove();
				this.log.forget(kept.letter());
				logger.info("No longer kept, as a WriteFailureHandler took it: dead letter of cache '"
						+ kept.letter().cache() + "', key '" + KeyText.of(kept.letter().key()) + "'");
				return;
			}
		}
	}

	/**
	 * Note that a handler of the application took a dead letter, which may be dropped
	 * from now on.
	 * @param letter the dead letter
	 */
	void taken(DeadLetter letter) {
		boolean room = false;
		synchronized (this) {
			Kept kept = this.letters.get(letter.key());
			if (kept != null && kept.letter() == letter && !kept.taken()) {
				this.letters.replace(letter.key(), new Kept(letter, kept.sequence(), true));
				this.untaken--;
				room = hasRoomAgain();
			}
		}
		tellOf(room);
	}

	/**
	 * Drop the dead letter of a key, of which there is a newer write. That one may have
	 * become a dead letter itself meanwhile, which is kept.
	 * @param key the key
	 * @param sequence the sequence number of the newer write
	 */
	void supersede(Object key, long sequence) {
		if (!this.empty) {
			tellOf(removeOlder(key, sequence));
		}
	}

	private synchronized boolean removeOlder(Object key, long sequence) {
		Kept kept = this.letters.get(key);
		if (kept == null || kept.sequence() >= sequence) {
			return false;
		}
		this.log.forget(kept.letter());
		return remove(key);
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
	 * Take out the dead letter that is kept under the id of another one. It is still
	 * recorded, until it is {@link #forgotten}.
	 * @param letter the other one
	 * @return whether it was kept
	 */
	boolean remove(DeadLetter letter) {
		boolean kept;
		boolean room;
		synchronized (this) {
			kept = find(letter) != null;
			room = kept && remove(letter.key());
		}
		tellOf(room);
		return kept;
	}

	/**
	 * Remove the dead letter of a key.
	 * @param key the key
	 * @return whether the list was full before
	 */
	private boolean remove(Object key) {
		Kept removed = this.letters.remove(key);
		forget(removed);
		this.empty = this.letters.isEmpty();
		return hasRoomAgain();
	}

	private void forget(@Nullable Kept kept) {
		if (kept != null && !kept.taken()) {
			this.untaken--;
		}
	}

	/**
	 * Tell the log that a dead letter which was taken out is no longer kept: not before
	 * that what takes its place is recorded.
	 * @param letter the dead letter
	 */
	void forgotten(DeadLetter letter) {
		this.log.forget(letter);
	}

	private boolean hasRoomAgain() {
		boolean room = this.full && this.untaken < LIMIT;
		this.full &= !room;
		return room;
	}

	private void tellOf(boolean room) {
		if (room) {
			this.onRoom.run();
		}
	}

	/**
	 * A dead letter that is kept.
	 *
	 * @param letter the dead letter
	 * @param sequence the sequence number of its write
	 * @param taken whether a handler of the application took it
	 */
	private record Kept(DeadLetter letter, long sequence, boolean taken) {

	}

}
