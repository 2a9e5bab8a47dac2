package io.cachepolicy.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Brings changes to the storage in the order in which they are appended, those of the
 * same time together. Thread-safe.
 * <p>
 * {@link #append} neither waits nor fails: it adds to the open {@link Round}, under a
 * monitor in which nothing else is done, so that it may be called under any lock. A
 * thread that needs its changes written leads: it closes the round and writes it; who
 * comes meanwhile waits for the next round, one of them leads it. So one storage call
 * serves many writers, and no thread of the journal is needed.
 * <p>
 * Changes between {@link #begin} and {@link #end} of a thread are in one round, as no
 * leader closes a round in between.
 * <p>
 * What could not be written is written first by the next leader. Until that succeeds, the
 * appender has {@link #failure failed}.
 */
final class Appender {

	private static final Log logger = LogFactory.getLog(Appender.class);

	private static final long RETRY = TimeUnit.SECONDS.toNanos(1);

	private final RecordWriter storage;

	private final boolean sync;

	private final Object monitor = new Object();

	private final ReentrantLock lead = new ReentrantLock();

	private final ReentrantReadWriteLock whole = new ReentrantReadWriteLock();

	private final LongAdder writes = new LongAdder();

	private final LongAdder writeNanos = new LongAdder();

	private final LongAdder syncs = new LongAdder();

	private final LongAdder syncNanos = new LongAdder();

	/**
	 * Guarded by the monitor.
	 */
	private Round open = new Round();

	/**
	 * The round that was closed last, guarded by the monitor.
	 */
	private Round closed = new Round();

	/**
	 * What could not be written, used by leaders.
	 */
	private List<Change> backlog = List.of();

	private volatile @Nullable RuntimeException failure;

	private volatile long failedAt;

	Appender(RecordWriter storage, boolean sync) {
		this.storage = storage;
		this.sync = sync;
		this.closed.done(null);
	}

	void append(Change change) {
		synchronized (this.monitor) {
			this.open.changes.add(change);
		}
	}

	void append(List<Change> changes) {
		synchronized (this.monitor) {
			this.open.changes.addAll(changes);
		}
	}

	/**
	 * Begin changes that are written as a whole.
	 */
	void begin() {
		this.whole.readLock().lock();
	}

	/**
	 * End changes that are written as a whole.
	 */
	void end() {
		this.whole.readLock().unlock();
	}

	/**
	 * Wait until what was appended is as durable as the settings say. Inside of changes
	 * that are written as a whole that is left to a later call.
	 * @throws RuntimeException if it could not be written
	 */
	void force() {
		if (this.whole.getReadHoldCount() == 0) {
			await(roundToForce());
		}
	}

	private Round roundToForce() {
		synchronized (this.monitor) {
			if (this.open.changes.isEmpty() && (this.closed.forced || !this.sync)) {
				return this.closed;
			}
			this.open.forced = true;
			return this.open;
		}
	}

	/**
	 * Write what was appended, unless another thread is about to.
	 */
	void write() {
		if (this.whole.getReadHoldCount() > 0 || isNothingOpen() || !this.lead.tryLock()) {
			return;
		}
		try {
			lead();
		}
		finally {
			this.lead.unlock();
			wakeLeader();
		}
	}

	private boolean isNothingOpen() {
		synchronized (this.monitor) {
			return this.open.changes.isEmpty() && this.open.waiters.isEmpty();
		}
	}

	private void await(Round round) {
		boolean interrupted = false;
		if (!round.isDone()) {
			round.waiters.add(Thread.currentThread());
			while (!round.isDone()) {
				if (this.lead.tryLock()) {
					try {
						if (!round.isDone()) {
							lead();
						}
					}
					finally {
						this.lead.unlock();
						wakeLeader();
					}
				}
				else {
					LockSupport.park(this);
					interrupted |= Thread.interrupted();
				}
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		RuntimeException reason = round.failure;
		if (reason != null) {
			throw reason;
		}
	}

	/**
	 * Let a thread lead that waits for the open round: it may have come too late for the
	 * lock of the last leader.
	 */
	private void wakeLeader() {
		Thread waiter;
		synchronized (this.monitor) {
			waiter = this.open.waiters.peek();
		}
		if (waiter != null) {
			LockSupport.unpark(waiter);
		}
	}

	private void lead() {
		Round round = close();
		RuntimeException reason = null;
		try {
			writeAll(round);
		}
		catch (RuntimeException ex) {
			reason = ex;
		}
		finally {
			round.done(reason);
		}
	}

	private Round close() {
		this.whole.writeLock().lock();
		try {
			synchronized (this.monitor) {
				Round round = this.open;
				this.open = new Round();
				this.closed = round;
				return round;
			}
		}
		finally {
			this.whole.writeLock().unlock();
		}
	}

	private void writeAll(Round round) {
		List<Change> changes = round.changes;
		if (this.failure != null) {
			changes = new ArrayList<>(this.backlog);
			changes.addAll(round.changes);
		}
		try {
			if (this.failure != null) {
				reopen();
			}
			long start = System.nanoTime();
			boolean forced = this.sync && (round.forced || this.failure != null);
			this.storage.write(changes, forced);
			long took = System.nanoTime() - start;
			(forced ? this.syncs : this.writes).increment();
			(forced ? this.syncNanos : this.writeNanos).add(took);
		}
		catch (RuntimeException ex) {
			this.backlog = changes;
			failed(ex);
			throw ex;
		}
		if (this.failure != null) {
			this.backlog = List.of();
			this.failure = null;
			logger.info("Pending writes can be recorded again");
		}
	}

	private void reopen() {
		long now = System.nanoTime();
		RuntimeException reason = this.failure;
		if (reason != null && now - this.failedAt < RETRY) {
			throw reason;
		}
		this.failedAt = now;
		this.storage.reopen();
	}

	private void failed(RuntimeException ex) {
		if (this.failure == null) {
			this.failedAt = System.nanoTime();
			logger.error("Pending writes can't be recorded, writes of durable caches are refused", ex);
		}
		this.failure = ex;
	}

	/**
	 * Return why the last changes could not be written. If it is time, that is tried once
	 * more.
	 * @return the failure, {@code null} if there is none
	 */
	@Nullable RuntimeException failure() {
		if (this.failure != null && System.nanoTime() - this.failedAt >= RETRY && this.whole.getReadHoldCount() == 0
				&& this.lead.tryLock()) {
			try {
				lead();
			}
			finally {
				this.lead.unlock();
				wakeLeader();
			}
		}
		return this.failure;
	}

	/**
	 * Return why the last changes could not be written, without trying again.
	 * @return the failure, {@code null} if there is none
	 */
	@Nullable RuntimeException lastFailure() {
		return this.failure;
	}

	Times writes() {
		return new Times(this.writes.sum(), this.writeNanos.sum());
	}

	Times syncs() {
		return new Times(this.syncs.sum(), this.syncNanos.sum());
	}

	/**
	 * How often something was done, and how long it took.
	 *
	 * @param count how often
	 * @param nanos nanoseconds in all
	 */
	record Times(long count, long nanos) {

	}

	/**
	 * Changes that are written together. Changed under the monitor until it is closed.
	 */
	private static final class Round {

		private final List<Change> changes = new ArrayList<>();

		private final Queue<Thread> waiters = new ConcurrentLinkedQueue<>();

		private boolean forced;

		private @Nullable RuntimeException failure;

		private volatile boolean done;

		boolean isDone() {
			return this.done;
		}

		void done(@Nullable RuntimeException failure) {
			this.failure = failure;
			this.done = true;
			this.waiters.forEach(LockSupport::unpark);
		}

	}

}
