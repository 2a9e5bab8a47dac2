package io.cachepolicy.writeback;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.spi.PendingLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of a cache, at most one per key: a newer write of a key supersedes its
 * dead letter, so that a replay never brings back an older value. There is a limit, at
 * which the oldest one goes that a handler of the application took. One that no handler
 * took is never dropped: if there are only such ones, no further one is kept, and flushes
 * pause until there is room. What is kept shares its {@link KeptReasons reasons}. Guarded
 * by its monitor; {@link #supersede} and {@link #isFull} do not take it while there are
 * none.
 */
final class DeadLetters {

	private static final Log logger = LogFactory.getLog(DeadLetters.class);

	private final int limit;

	private final Runnable onRoom;

	private final PendingLog log;

	private final DeadLetterLog told = new DeadLetterLog(logger, System::nanoTime);

	private final KeptReasons reasons = new KeptReasons();

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
	 * @param limit the most dead letters
	 * @param onRoom run when it is no longer full
	 */
	DeadLetters(int limit, Runnable onRoom) {
		this(limit, onRoom, PendingLog.NONE);
	}

	/**
	 * Create an empty list.
	 * @param limit the most dead letters
	 * @param onRoom run when it is no longer full
	 * @param log where the dead letters are recorded
	 */
	DeadLetters(int limit, Runnable onRoom, PendingLog log) {
		this.limit = limit;
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
		if (!keep(letter, sequence)) {
			return false;
		}
		this.told.added(letter);
		return true;
	}

	private synchronized boolean keep(DeadLetter letter, long sequence) {
		boolean hadRoom = this.letters.size() < this.limit || this.letters.containsKey(letter.key());
		if (!hadRoom && this.untaken >= this.limit) {
			noteFullness(letter.cache());
			return false;
		}
		put(letter, sequence);
		this.log.bury(letter, sequence);
		if (this.letters.size() > this.limit) {
			removeOldestTaken();
		}
		return true;
	}

	private void put(DeadLetter letter, long sequence) {
		this.empty = false;
		DeadLetter kept = withReason(letter, this.reasons.share(letter.reason()));
		forget(this.letters.remove(kept.key()));
		this.letters.put(kept.key(), new Kept(kept, sequence, false));
		this.untaken++;
	}

	private static DeadLetter withReason(DeadLetter letter, Throwable reason) {
		return (letter.reason() == reason) ? letter : new DeadLetter(letter.id(), letter.cache(), letter.key(),
				letter.value(), letter.kind(), reason, letter.attempts(), letter.firstFailure(), letter.lastFailure());
	}

	/**
	 * Tell the log of what was kept since the last time.
	 * @param last whether there may be nothing more for some time
	 */
	void tell(boolean last) {
		this.told.tell(last || this.full);
	}

	/**
	 * Return how many there are.
	 * @return the number of dead letters
	 */
	synchronized int size() {
		return this.letters.size();
	}

	/**
	 * Take over a dead letter that an earlier process left, whether there is room or not.
	 * @param letter the dead letter
	 * @param sequence the sequence number of the write
	 */
	synchronized void recover(DeadLetter letter, long sequence) {
		this.lastId = Math.max(this.lastId, letter.id());
		put(letter, sequence);
	}

	/**
	 * Keep a write of an earlier process of which nobody knows whether it is to be
	 * stored, whether there is room or not.
	 * @param letter the dead letter
	 * @param sequence the sequence number of the write
	 */
	void addInDoubt(DeadLetter letter, long sequence) {
		synchronized (this) {
			put(letter, sequence);
			this.log.bury(letter, sequence);
		}
		this.told.added(letter);
	}

	private void noteFullness(String cache) {
		if (!this.full) {
			this.full = true;
			logger.error("Cache '" + cache + "' has " + this.limit + " dead letters that no WriteFailureHandler took. "
					+ "It flushes no more until some are replayed or discarded, or 'max-dead-letters' is raised");
		}
	}

	private void removeOldestTaken() {
		Iterator<Kept> oldest = this.letters.values().iterator();
		while (oldest.hasNext()) {
			Kept kept = oldest.next();
			if (kept.taken()) {
				oldest.remove();
				forget(kept);
				this.log.forget(kept.letter());
				this.told.dropped(kept.letter());
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
			if (kept != null && kept.letter().id() == letter.id() && !kept.taken()) {
				this.letters.replace(letter.key(), new Kept(kept.letter(), kept.sequence(), true));
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
		if (kept == null) {
			return;
		}
		this.reasons.release(kept.letter().reason());
		if (!kept.taken()) {
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
		boolean room = this.full && this.untaken < this.limit;
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
