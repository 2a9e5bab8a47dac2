package io.cachepolicy.writeback;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.cachepolicy.FlushReport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that wait for the flusher, and what they wait for.
 * <p>
 * A request covers the writes up to the sequence number that was the last one when it was
 * made. Its {@link Marker} stands behind them in the queue. A write that takes its place
 * there later finds the request, which is {@link #cover known} before the marker is set.
 */
final class FlushRequests {

	private final Room room;

	private final WriteQueue queue;

	private final WriteChains chains;

	private final WriteClaims claims;

	private final PendingCensus census;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition progress = this.lock.newCondition();

	private final List<Request> requests = new CopyOnWriteArrayList<>();

	FlushRequests(PendingParts pending) {
		this.room = pending.room();
		this.queue = pending.queue();
		this.chains = pending.chains();
		this.claims = pending.claims();
		this.census = pending.census();
	}

	/**
	 * Make due what was accepted up to now.
	 * @return the request
	 */
	Request add() {
		return add(this.chains::lastSequence);
	}

	/**
	 * Make due what was accepted up to now, and what will be.
	 * @return the request, which has to be ended
	 */
	Request addAll() {
		return add(() -> Long.MAX_VALUE);
	}

	private Request add(LongSupplier sequence) {
		this.lock.lock();
		try {
			Request request = new Request(sequence.getAsLong());
			this.requests.add(request);
			this.queue.mark();
			return request;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until nothing that a request covers is pending.
	 * @param request the request, forgotten afterwards
	 * @param nanos the longest to wait
	 * @return the report
	 */
	FlushReport await(Request request, long nanos) {
		this.lock.lock();
		try {
			long left = nanos;
			while (left > 0 && !isDone(request)) {
				left = awaitProgress(left);
			}
			return new FlushReport(request.written, request.failed, this.census.countUpTo(request.sequence));
		}
		finally {
			this.requests.remove(request);
			this.lock.unlock();
		}
	}

	/**
	 * Wait until no write of the keys is in flight.
	 * @param keys the keys, which are held
	 * @param nanos the longest to wait
	 * @return whether none is
	 */
	boolean awaitLanded(Iterable<Object> keys, long nanos) {
		long left = nanos;
		for (Object key : keys) {
			if (!this.claims.isInFlight(key)) {
				continue;
			}
			this.lock.lock();
			try {
				while (this.claims.isInFlight(key)) {
					if (left <= 0) {
						return false;
					}
					left = awaitProgress(left);
				}
			}
			finally {
				this.lock.unlock();
			}
		}
		return true;
	}

	/**
	 * Wait until nothing is pending and no room is reserved.
	 * @param nanos the longest to wait
	 */
	void awaitIdle(long nanos) {
		this.lock.lock();
		try {
			long left = nanos;
			while (left > 0 && !this.room.isIdle()) {
				left = awaitProgress(left);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether a write is covered by a request, and so is due. To be asked after
	 * the write was queued.
	 * @param write the write
	 * @return whether someone waits for it
	 */
	boolean cover(PendingWrite write) {
		return this.requests.stream().anyMatch((request) -> request.covers(write));
	}

	/**
	 * Return whether the oldest write of a key is covered by a request.
	 * @param key the key
	 * @return whether someone waits for it
	 */
	boolean coverKey(Object key) {
		PendingWrite head = (!this.requests.isEmpty()) ? this.chains.head(key) : null;
		return head != null && cover(head);
	}

	void written(PendingWrite write) {
		count(write, (request) -> request.written++);
	}

	void failed(PendingWrite write) {
		count(write, (request) -> request.failed++);
	}

	private void count(PendingWrite write, Consumer<Request> counter) {
		this.lock.lock();
		try {
			this.requests.stream().filter((request) -> request.covers(write)).forEach(counter);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End a request, whatever is pending.
	 * @param request the request, or {@code null} if there is none
	 */
	void end(@Nullable Request request) {
		this.requests.remove(request);
	}

	/**
	 * Return whether nothing is pending, and what was done {@link #atOnce} with the last
	 * write is complete.
	 * @return whether there is nothing to wait for
	 */
	boolean isNothingPending() {
		this.lock.lock();
		try {
			return this.room.size() == 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Do what no waiting thread may see the half of.
	 * @param action the action
	 */
	void atOnce(Runnable action) {
		this.lock.lock();
		try {
			action.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wake the waiting threads after something changed.
	 */
	void signal() {
		this.lock.lock();
		try {
			this.progress.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isDone(Request request) {
		return !this.census.containsUpTo(request.sequence);
	}

	private long awaitProgress(long nanos) {
		try {
			// Reservations end without a signal: look again from time to time
			long slice = Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(50));
			long left = this.progress.awaitNanos(slice);
			return nanos - (slice - left);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return 0;
		}
	}

	/**
	 * A call that waits for a flush.
	 */
	static final class Request {

		private final long sequence;

		private long written;

		private long failed;

		private Request(long sequence) {
			this.sequence = sequence;
		}

		private boolean covers(PendingWrite write) {
			return write.sequence() <= this.sequence;
		}

	}

}
