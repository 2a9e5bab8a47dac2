package io.cachepolicy.testsupport;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.spi.PendingLog;

/**
 * A log in memory that outlives the pending writes, and is strict about the order in
 * which it is called. Its mistakes are collected, as exceptions would be lost under the
 * locks of those who call it.
 */
public final class MemoryLog implements PendingLog {

	private final NavigableMap<Long, Recorded> pending = new TreeMap<>();

	private final Map<Object, Long> held = new ConcurrentHashMap<>();

	private final List<String> mistakes = new ArrayList<>();

	private final AtomicInteger open = new AtomicInteger();

	private volatile Consumer<Object> beforePrepare = (key) -> {
	};

	private volatile Runnable beforeForce = () -> {
	};

	/**
	 * Run before a write is made ready; what it throws is why the log can't take it.
	 * @param action given the key
	 */
	public void beforePrepare(Consumer<Object> action) {
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
		this.beforePrepare = (key) -> {
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
	public Entry prepare(Object key, Object value) {
		this.beforePrepare.accept(key);
		this.open.incrementAndGet();
		return new MemoryEntry(key, value);
	}

	@Override
	public void force() {
		this.beforeForce.run();
	}

	@Override
	public synchronized void collapse(Object key, long sequence, long revision, long newer) {
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
	public synchronized void settle(Object key, long sequence, Outcome outcome) {
		Recorded removed = this.pending.remove(sequence);
		if (removed == null || !removed.key().equals(key)) {
			this.mistakes.add("settled %d of %s, which is not pending".formatted(sequence, key));
		}
	}

	@Override
	public void recover(Recovery recovery) {
		this.held.clear();
		writes().forEach((recorded) -> recovery.pending(recorded.key(), recorded.value(), recorded.sequence(),
				recorded.revision()));
	}

	private void check(Recorded before, long revision) {
		if (before.revision() >= revision) {
			this.mistakes.add("revision %d of %s after it".formatted(revision, before));
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
	public record Recorded(Object key, Object value, long sequence, long revision) {

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
		public void append(long sequence, long revision) {
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
			MemoryLog.this.open.decrementAndGet();
		}

	}

}
