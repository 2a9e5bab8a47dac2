package io.cachepolicy.writeback;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.cachepolicy.cache.WriteBackSpec;
import io.cachepolicy.writeback.PendingWrite.State;
import io.cachepolicy.writeback.PendingWrites.Claim;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Takes due pending writes and hands them to the store, batch by batch, in one thread.
 * <p>
 * Everything that is pending is due when the oldest write is older than the flush
 * interval. Otherwise a write is due when it stands before a {@link Marker}, is urgent,
 * its retry has come, or too much is pending. The thread parks until the next write is
 * due; who makes one due {@link #signal signals}. It survives whatever the store throws:
 * an unexpected {@link Throwable} pauses it like a store that is away. It is started by
 * the first write and ends when the cache is closed and nothing is pending, or when the
 * drain is given up.
 * <p>
 * {@link #thread}, {@link #closing} and {@link #abandoned} are set under the monitor, so
 * that a thread that ends and a write that needs one can't miss each other. What else is
 * not volatile belongs to the thread.
 */
final class Flusher implements Runnable {

	private static final Log logger = LogFactory.getLog(Flusher.class);

	private static final long CLOSING_PAUSE = TimeUnit.MILLISECONDS.toNanos(250);

	private final String name;

	private final PendingWrites pending;

	private final FlushRequests requests;

	private final BatchWriter writer;

	private final WriteBackSpec spec;

	private final Set<PendingWrite> again = new LinkedHashSet<>();

	private @Nullable BackOffExecution pauses;

	private long pausedUntil;

	private volatile @Nullable Thread thread;

	private volatile boolean closing;

	private boolean abandoned;

	private volatile boolean idle;

	Flusher(String cacheName, PendingWrites pending, FlushRequests requests, BatchWriter writer, WriteBackSpec spec) {
		this.name = cacheName;
		this.pending = pending;
		this.requests = requests;
		this.writer = writer;
		this.spec = spec;
	}

	/**
	 * Wake the thread, after something became due at once.
	 */
	void signal() {
		LockSupport.unpark(this.thread);
	}

	/**
	 * Make sure that a write that was just queued is seen in time.
	 */
	void onQueued() {
		if (this.thread == null) {
			start();
		}
		else if (this.idle) {
			signal();
		}
	}

	boolean isCurrentThread() {
		return Thread.currentThread() == this.thread;
	}

	private synchronized void start() {
		if (this.thread == null) {
			Thread created = new Thread(this, "cache-policy-flush-" + this.name);
			created.setDaemon(true);
			created.start();
			this.thread = created;
		}
	}

	/**
	 * Flush what is pending without waiting for its time, then end.
	 */
	synchronized void close() {
		this.closing = true;
		this.abandoned = false;
		if (!this.pending.isIdle()) {
			start();
		}
		signal();
	}

	/**
	 * End after the batch that is under way, whatever is pending.
	 */
	synchronized void abandon() {
		this.abandoned = true;
		signal();
	}

	synchronized void open() {
		this.closing = false;
		this.abandoned = false;
		if (!this.pending.isIdle()) {
			start();
		}
	}

	@Override
	public void run() {
		while (!hasEnded()) {
			try {
				cycle();
			}
			catch (Throwable ex) {
				pause("Flusher of cache '" + this.name + "' failed unexpectedly and goes on", ex);
			}
		}
		this.requests.signal();
	}

	private synchronized boolean hasEnded() {
		if (this.abandoned || (this.closing && this.pending.isIdle())) {
			this.thread = null;
			return true;
		}
		return false;
	}

	private void cycle() {
		// A store may leave the flag behind, which would end every park at once
		Thread.interrupted();
		// Set before the queue is looked at: either the writer sees the flag or this
		// thread sees the write
		this.idle = true;
		long wait = nanosUntilDue(System.nanoTime());
		if (wait > 0) {
			// What is queued later is due later: only an empty queue is to be watched
			this.idle = this.pending.peek() == null;
			LockSupport.parkNanos(this, wait);
		}
		this.idle = false;
		if (wait <= 0) {
			flushBatch();
		}
	}

	private long nanosUntilDue(long now) {
		if (this.pauses == null) {
			return nanosUntilNextWrite(now);
		}
		if (this.closing) {
			this.pausedUntil = Math.min(this.pausedUntil, now + CLOSING_PAUSE);
		}
		long pause = this.pausedUntil - now;
		return (pause > 0) ? pause : nanosUntilNextWrite(now);
	}

	private long nanosUntilNextWrite(long now) {
		PendingWrite oldest = this.pending.peek();
		if (this.pending.hasUrgent() || (oldest != null && isDue(oldest, now))) {
			return 0;
		}
		long wait = (this.closing) ? CLOSING_PAUSE : Long.MAX_VALUE;
		if (oldest != null) {
			wait = Math.min(wait, oldest.since() + this.spec.flushInterval().toNanos() - now);
		}
		for (PendingWrite write : this.again) {
			wait = Math.min(wait, retryAt(write, now) - now);
		}
		return wait;
	}

	private long retryAt(PendingWrite write, long now) {
		Failure failure = write.failure();
		return (failure != null) ? failure.retryAt(this.closing) : now;
	}

	private void flushBatch() {
		List<Claim> batch = take(System.nanoTime());
		try {
			if (!batch.isEmpty()) {
				flush(batch);
				storeAnswered();
			}
		}
		catch (StoreAwayException ex) {
			pause("Store of cache '" + this.name + "' is away, its writes stay pending", ex.getCause());
		}
		finally {
			this.requests.signal();
		}
	}

	private void flush(List<Claim> batch) {
		long start = System.nanoTime();
		this.writer.write(batch, this::afterClaim);
		if (logger.isDebugEnabled()) {
			logger.debug("Flushed a batch of %d writes of cache '%s' in %d ms, %d are pending".formatted(batch.size(),
					this.name, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start), this.pending.size()));
		}
	}

	/**
	 * Put back what a claim left behind: the write itself, or the next one of its key.
	 * @param write the write that is waiting now
	 * @param failed whether it was given back, and did not just become the oldest
	 */
	private void afterClaim(PendingWrite write, boolean failed) {
		if (failed) {
			this.again.add(write);
			return;
		}
		this.pending.enqueue(write);
		if (this.requests.cover(write)) {
			this.pending.expedite(write.key());
		}
	}

	private List<Claim> take(long now) {
		List<Claim> batch = new ArrayList<>();
		takeUrgent(batch);
		takeRetries(batch, now);
		takeQueued(batch, now);
		return batch;
	}

	private void takeUrgent(List<Claim> batch) {
		while (batch.size() < this.spec.batchSize()) {
			Object key = this.pending.pollUrgent();
			if (key == null) {
				return;
			}
			PendingWrite head = this.pending.head(key);
			if (head != null && !this.again.contains(head)) {
				claim(head, batch);
			}
		}
	}

	private void takeRetries(List<Claim> batch, long now) {
		Iterator<PendingWrite> writes = this.again.iterator();
		while (writes.hasNext() && batch.size() < this.spec.batchSize()) {
			PendingWrite write = writes.next();
			if (write.state() != State.WAITING) {
				writes.remove();
			}
			else if (retryAt(write, now) <= now) {
				writes.remove();
				claim(write, batch);
			}
		}
	}

	private void takeQueued(List<Claim> batch, long now) {
		PendingWrite first = this.pending.peek();
		if (first != null && isOld(first, now) && !this.pending.hasMarkers()) {
			// The age of one write is a flush of all, so that batches are large: a key is
			// still stored once per interval at the most
			this.pending.mark();
		}
		while (batch.size() < this.spec.batchSize()) {
			PendingWrite oldest = this.pending.peek();
			if (oldest == null || !isDue(oldest, now)) {
				return;
			}
			this.pending.removePeeked();
			if (!this.again.contains(oldest)) {
				claim(oldest, batch);
			}
		}
	}

	private boolean isDue(PendingWrite oldest, long now) {
		return this.closing || this.pending.hasMarkers() || this.pending.hasBlocked()
				|| this.pending.taken() >= this.spec.flushThreshold() || isOld(oldest, now);
	}

	private boolean isOld(PendingWrite write, long now) {
		return now - write.since() >= this.spec.flushInterval().toNanos();
	}

	private void claim(PendingWrite write, List<Claim> batch) {
		Claim claim = this.pending.claim(write);
		if (claim != null) {
			batch.add(claim);
		}
	}

	private void pause(String message, Throwable failure) {
		if (this.pauses == null) {
			logger.warn(message, failure);
			this.pauses = backOff(this.spec.retry()).start();
		}
		this.pausedUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(this.pauses.nextBackOff());
	}

	private void storeAnswered() {
		if (this.pauses != null) {
			this.pauses = null;
			logger.info("Store of cache '" + this.name + "' is back");
		}
	}

	static ExponentialBackOff backOff(WriteBackSpec.Retry retry) {
		ExponentialBackOff backOff = new ExponentialBackOff(retry.initialInterval().toMillis(), retry.multiplier());
		backOff.setMaxInterval(retry.maxInterval().toMillis());
		backOff.setJitter((long) (retry.initialInterval().toMillis() * retry.jitter()));
		return backOff;
	}

}
