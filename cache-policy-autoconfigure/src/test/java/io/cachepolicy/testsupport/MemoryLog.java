package io.cachepolicy.testsupport;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.PendingLog.Outcome;
import io.cachepolicy.spi.PendingLog.Recovered;
import io.cachepolicy.spi.PendingLog.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory that outlives the pending writes, and is strict about the order in
 * which it is called. Its mistakes are collected, as exceptions would be lost under the
 * locks of those who call it.
 */
public final class MemoryLog implements PendingLog {

	private final NavigableMap<Long, Recorded> pending = new TreeMap<>();

	private final Map<Object, Long> held = new ConcurrentHashMap<>();

	private final List<String> mistakes = new ArrayList<>();

	private final NavigableMap<Long, Buried> letters = new TreeMap<>();

	private final List<MemoryEntry> promised = new ArrayList<>();

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final AtomicInteger open = new AtomicInteger();

	private volatile BiConsumer<Object, Object> beforePrepare = (key, value) -> {
	};

	private volatile Runnable beforePromise = () -> {
	};

	private volatile Runnable beforeForce = () -> {
	};

	/**
	 * Run before a write is made ready; what it throws is why the log can't take it.
	 * @param action given the key
	 */
	public void beforePrepare(Consumer<Object> action) {
		this.beforePrepare = (key, value) -> action.accept(key);
	}

	/**
	 * Run before a write is made ready; what it throws is why the log can't take it.
	 * @param action given the key and the value
	 */
	public void beforePrepare(BiConsumer<Object, Object> action) {
		this.beforePrepare = action;
	}

	/**
	 * Run before the log is forced, with the write in memory and not yet published.
	 * @param action the action
	 */
	public void beforeForce(Runnable action) {
		this.beforeForce = action;
	}

	/**
	 * Refuse everything from now on.
	 */
	public void fill() {
		this.beforePrepare = (key, value) -> {
			throw new WriteRefusedException("The disk is full");
		};
	}

	/**
	 * Return what is recorded as pending: of each key the newest write.
	 * @return the values by key
	 */
	public synchronized Map<Object, Object> values() {
		Map<Object, Object> values = new TreeMap<>();
		this.pending.values().forEach((recorded) -> values.put(recorded.key(), recorded.value()));
		return values;
	}

	public synchronized List<Recorded> writes() {
		return List.copyOf(this.pending.values());
	}

	public synchronized List<String> mistakes() {
		return List.copyOf(this.mistakes);
	}

	/**
	 * Return how many writes were made ready and are neither appended nor cancelled.
	 * @return the number
	 */
	public int open() {
		return this.open.get();
	}

	/**
	 * Return up to which write keys are held.
	 * @return the sequence numbers by key
	 */
	public Map<Object, Long> held() {
		return Map.copyOf(this.held);
	}

	@Override
	public boolean isDurable() {
		return true;
	}

	@Override
	public @Nullable Entry prepare(Object key, Object value) {
		try {
			this.beforePrepare.accept(key, value);
		}
		catch (Declined ex) {
			return null;
		}
		this.open.incrementAndGet();
		return new MemoryEntry(key, value);
	}

	@Override
	public synchronized @Nullable Promise promise(Collection<Entry> entries) {
		try {
			this.beforePromise.run();
		}
		catch (Declined ex) {
			return null;
		}
		this.promised.addAll(entries.stream().map(MemoryEntry.class::cast).toList());
		return new Promise() {

			@Override
			public void commit() {
				MemoryLog.this.calls.add("commit");
			}

			@Override
			public void end() {
				synchronized (MemoryLog.this) {
					if (MemoryLog.this.promised.removeAll(entries)) {
						MemoryLog.this.mistakes.add("promise ended with entries " + entries);
					}
				}
				MemoryLog.this.calls.add("end");
			}

		};
	}

	@Override
	public boolean force() {
		try {
			this.beforeForce.run();
		}
		catch (Declined ex) {
			return false;
		}
		this.calls.add("force");
		return true;
	}

	@Override
	public void write() {
	}

	@Override
	public synchronized void collapse(Object key, long sequence, Revision revision, long newer) {
		Recorded last = this.pending.remove(newer);
		Recorded first = this.pending.get(sequence);
		if (last == null || first == null || newer <= sequence || !last.key().equals(key)) {
			this.mistakes.add("collapse of %d into %d".formatted(newer, sequence));
			return;
		}
		check(first, revision);
		this.pending.put(sequence, new Recorded(key, last.value(), sequence, revision));
	}

	@Override
	public void hold(Object key, long sequence) {
		this.held.merge(key, sequence, Math::max);
	}

	@Override
	public void release(Object key) {
		this.held.remove(key);
	}

	@Override
	public synchronized void settle(Object key, long sequence, Outcome outcome, long next) {
		Recorded after = this.pending.get(next);
		if (next != 0 && (after == null || !after.key().equals(key) || next <= sequence)) {
			this.mistakes.add("settled %d of %s before %d".formatted(sequence, key, next));
		}
		Recorded removed = this.pending.remove(sequence);
		if (removed == null || !removed.key().equals(key)) {
			this.mistakes.add("settled %d of %s, which is not pending".formatted(sequence, key));
		}
	}

	@Override
	public synchronized void bury(DeadLetter letter, long sequence) {
		Recorded recorded = this.pending.get(sequence);
		if (recorded == null || !recorded.key().equals(letter.key())) {
			this.mistakes.add("buried %d of %s, which is not pending".formatted(sequence, letter));
		}
		this.letters.put(letter.id(), new Buried(letter, sequence));
	}

	@Override
	public synchronized void forget(DeadLetter letter) {
		this.letters.remove(letter.id());
	}

	/**
	 * Tell what is recorded, as if the process had died.
	 */
	@Override
	public synchronized void recover(Recovery recovery) {
		Map<Object, Long> heldThen = Map.copyOf(this.held);
		this.held.clear();
		List<Buried> buried = List.copyOf(this.letters.values());
		buried.forEach((letter) -> recovery.deadLetter(letter.letter(), letter.sequence()));
		buried.forEach((letter) -> this.pending.remove(letter.sequence()));
		long last = (this.pending.isEmpty()) ? 0 : this.pending.lastKey();
		for (MemoryEntry entry : List.copyOf(this.promised)) {
			last++;
			entry.append(last, new Revision(0, false));
			heldThen = new HashMap<>(heldThen);
			heldThen.merge(entry.key, last, Math::max);
		}
		this.promised.clear();
		List<Recorded> left = writes();
		for (Recorded recorded : left) {
			if (recorded.sequence() <= heldThen.getOrDefault(recorded.key(), 0L)) {
				recovery.inDoubt(recovered(recorded), "in doubt");
			}
		}
		for (Recorded recorded : left) {
			if (recorded.sequence() > heldThen.getOrDefault(recorded.key(), 0L)) {
				recovery.pending(recovered(recorded));
			}
		}
	}

	private static Recovered recovered(Recorded recorded) {
		return new Recovered(recorded.key(), recorded.value(), recorded.sequence(), recorded.revision(), null);
	}

	/**
	 * Return the dead letters that are recorded.
	 * @return the dead letters
	 */
	public synchronized List<DeadLetter> letters() {
		return this.letters.values().stream().map(Buried::letter).toList();
	}

	/**
	 * Return the keys of entries of transactions whose outcome is not known.
	 * @return the keys
	 */
	public synchronized List<Object> promised() {
		return this.promised.stream().map((entry) -> entry.key).toList();
	}

	/**
	 * Return what was called of what may wait, in order.
	 * @return the names
	 */
	public List<String> calls() {
		return List.copyOf(this.calls);
	}

	/**
	 * Run before the writes of a transaction are promised; what it throws is why the log
	 * can't do so.
	 * @param action the action
	 */
	public void beforePromise(Runnable action) {
		this.beforePromise = action;
	}

	private void check(Recorded before, Revision revision) {
		if (before.revision().number() >= revision.number()) {
			this.mistakes.add("revision %s of %s after it".formatted(revision, before));
		}
	}

	/**
	 * A write that is recorded.
	 *
	 * @param key the key
	 * @param value the value
	 * @param sequence the sequence number
	 * @param revision the revision
	 */
	public record Recorded(Object key, Object value, long sequence, Revision revision) {

	}

	/**
	 * Thrown by an action that runs before: the log can't take what is to be recorded,
	 * which is to be written through.
	 */
	public static final class Declined extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

	private record Buried(DeadLetter letter, long sequence) {

	}

	private final class MemoryEntry implements Entry {

		private final Object key;

		private final Object value;

		private boolean ended;

		MemoryEntry(Object key, Object value) {
			this.key = key;
			this.value = value;
		}

		@Override
		public void append(long sequence, Revision revision) {
			synchronized (MemoryLog.this) {
				end("appended");
				Recorded before = MemoryLog.this.pending.put(sequence,
						new Recorded(this.key, this.value, sequence, revision));
				if (before != null) {
					check(before, revision);
				}
			}
		}

		@Override
		public void cancel() {
			synchronized (MemoryLog.this) {
				end("cancelled");
			}
		}

		private void end(String how) {
			if (this.ended) {
				MemoryLog.this.mistakes.add("write of %s is %s after it ended".formatted(this.key, how));
			}
			this.ended = true;
			MemoryLog.this.promised.remove(this);
			MemoryLog.this.open.decrementAndGet();
		}

	}

}
