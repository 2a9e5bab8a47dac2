package io.cachepolicy.journal.process;

import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.PendingLog.Outcome;
import io.cachepolicy.spi.PendingLog.Recovery;
import io.cachepolicy.spi.PendingLog.Revision;

/**
 * A log that kills its process, by SIGKILL, after a step has been taken so many times.
 *
 * @param log the log
 * @param arrow the step
 * @param count how many times
 */
record DeadlyLog(PendingLog log, Arrow arrow, AtomicInteger count) implements PendingLog {

	private void after(Arrow step) {
		if (step == this.arrow && this.count.decrementAndGet() == 0) {
			kill();
		}
	}

	static void kill() {
		try {
			new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid())).start().waitFor();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public boolean isDurable() {
		return this.log.isDurable();
	}

	@Override
	public Entry prepare(Object key, Object value) {
		Entry entry = this.log.prepare(key, value);
		after(Arrow.PREPARED);
		return new DeadlyEntry(entry);
	}

	@Override
	public Promise promise(Collection<Entry> entries) {
		Promise promise = this.log.promise(entries.stream().map((entry) -> ((DeadlyEntry) entry).entry()).toList());
		after(Arrow.PROMISED);
		return new Promise() {

			@Override
			public void commit() {
				promise.commit();
				after(Arrow.COMMITTED);
			}

			@Override
			public void end() {
				promise.end();
				after(Arrow.ENDED);
			}

		};
	}

	@Override
	public boolean force() {
		boolean forced = this.log.force();
		after(Arrow.FORCED);
		return forced;
	}

	@Override
	public void write() {
		this.log.write();
	}

	@Override
	public void collapse(Object key, long sequence, Revision revision, long newer) {
		this.log.collapse(key, sequence, revision, newer);
		after(Arrow.COLLAPSED);
	}

	@Override
	public void hold(Object key, long sequence) {
		this.log.hold(key, sequence);
		after(Arrow.HELD);
	}

	@Override
	public void release(Object key) {
		this.log.release(key);
		after(Arrow.RELEASED);
	}

	@Override
	public void settle(Object key, long sequence, Outcome outcome, long next) {
		this.log.settle(key, sequence, outcome, next);
		after(Arrow.SETTLED);
	}

	@Override
	public void bury(DeadLetter letter, long sequence) {
		this.log.bury(letter, sequence);
		after(Arrow.BURIED);
	}

	@Override
	public void forget(DeadLetter letter) {
		this.log.forget(letter);
		after(Arrow.FORGOTTEN);
	}

	@Override
	public void recover(Recovery recovery) {
		this.log.recover(recovery);
		after(Arrow.RECOVERED);
	}

	/**
	 * An entry of the log.
	 */
	private final class DeadlyEntry implements Entry {

		private final Entry entry;

		DeadlyEntry(Entry entry) {
			this.entry = entry;
		}

		Entry entry() {
			return this.entry;
		}

		@Override
		public void append(long sequence, Revision revision) {
			this.entry.append(sequence, revision);
			after(Arrow.APPENDED);
		}

		@Override
		public void cancel() {
			this.entry.cancel();
		}

	}

}
