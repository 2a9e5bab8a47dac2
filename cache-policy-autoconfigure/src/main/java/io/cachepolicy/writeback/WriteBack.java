package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.DrainTimeoutException;
import io.cachepolicy.FlushReport;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteCounts;
import io.cachepolicy.cache.WriteStatus;
import io.cachepolicy.settings.Durations;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.writeback.WriteChains.Accepted;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The {@link PendingWrites} of a cache in memory: {@link WriteChains}, and a
 * {@link Flusher} that brings them to the store.
 * <p>
 * <b>Closing.</b> A writer takes room before it looks at {@link #closed}, and
 * {@link #close} sets it before the drain waits for all room to be free: a write that
 * races with it is either drained or not accepted, in which case its caller writes it
 * through. A write that coalesces takes no room, but the place of one that has it and is
 * drained.
 */
final class WriteBack implements PendingWrites {

	private static final Log logger = LogFactory.getLog(WriteBack.class);

	private static final int LOGGED_KEYS = 100;

	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	private final String cacheName;

	private final WriteBackSpec spec;

	private final RowRelations relations;

	private final WriteContextCapture contexts;

	private final WriteChains pending;

	private final FlushRequests requests;

	private final Availability availability;

	private final Flusher flusher;

	private final DeadLetters deadLetters = new DeadLetters();

	private final WriteCounters counters = new WriteCounters();

	private final Settlement settlement;

	private final AtomicReference<@Nullable Marker> fullness = new AtomicReference<>();

	private volatile boolean closed;

	private volatile boolean abandoned;

	private volatile FlushRequests.@Nullable Request drain;

	WriteBack(String cacheName, WriteBackSpec spec, BackingStore store, Listener listener, WriteBackFactory factory) {
		this.cacheName = cacheName;
		this.spec = spec;
		this.relations = store.relations();
		this.contexts = factory.contexts();
		this.pending = new WriteChains(spec.maxPending(), spec.coalesce());
		this.requests = new FlushRequests(this.pending);
		this.settlement = new Settlement(cacheName, this.pending, this.requests, this.deadLetters, listener,
				factory.failureHandler(), this.counters, factory.clock());
		Availability availability = factory.all().availability(store.resource());
		FlushOrder order = new FlushOrder(this, store, factory.all());
		this.flusher = new Flusher(cacheName, this.pending, this.requests,
				new DueWrites(this.pending, this.requests, spec, order),
				new BatchWriter(new StoreCalls(store), this.settlement, this.counters, spec), availability,
				factory.all(), spec, factory.listener());
		this.availability = availability;
		factory.all().add(this, availability);
	}

	String name() {
		return this.cacheName;
	}

	RowRelations relations() {
		return this.relations;
	}

	@Nullable PendingWrite head(Object key) {
		return this.pending.head(key);
	}

	/**
	 * Return whether writes wait for those of other caches.
	 * @return whether the flusher is to be signalled when others stored something
	 */
	boolean isWaiting() {
		return this.flusher.isWaiting();
	}

	void signal() {
		this.flusher.signal();
	}

	/**
	 * Make due what was accepted up to now.
	 * @return the request, to be asked after by {@link #endIfDone}
	 */
	FlushRequests.Request requestFlush() {
		FlushRequests.Request request = this.requests.add();
		this.flusher.onQueued();
		this.flusher.signal();
		return request;
	}

	boolean endIfDone(FlushRequests.Request request) {
		return this.requests.endIfDone(request);
	}

	@Override
	public @Nullable Object find(Object key) {
		return this.pending.find(key);
	}

	@Override
	public boolean offer(Object key, Object value) {
		if (this.closed) {
			return false;
		}
		WriteContext context = this.contexts.capture();
		long sequence = this.pending.coalesce(key, value, context);
		if (sequence > 0) {
			coalesced(key, sequence);
			return true;
		}
		return (this.pending.tryReserve(1) || overflow(1)) && acceptUnlessClosed(key, value, context);
	}

	private boolean acceptUnlessClosed(Object key, Object value, @Nullable WriteContext context) {
		if (this.closed) {
			this.pending.release(1);
			return false;
		}
		accept(key, value, context);
		return true;
	}

	@Override
	public boolean reserve(int count) {
		if (this.closed) {
			return false;
		}
		if (!this.pending.tryReserve(count) && !overflow(count)) {
			return false;
		}
		if (this.closed) {
			this.pending.release(count);
			return false;
		}
		return true;
	}

	/**
	 * Do what {@code overflow} says when there is no room.
	 * @param count the number of writes
	 * @return whether there is room now
	 */
	private boolean overflow(int count) {
		if (this.spec.overflow() == Overflow.WRITE_THROUGH) {
			return false;
		}
		if (count > this.spec.maxPending()) {
			throw refused(count, "Cache '%s' has no room for %d writes in one transaction: max-pending is %d"
				.formatted(this.cacheName, count, this.spec.maxPending()));
		}
		if (this.spec.overflow() == Overflow.BLOCK && awaitRoom(count)) {
			return true;
		}
		throw refused(count,
				"Cache '%s' has %d pending writes, and max-pending is %d: the store is too slow, "
					.formatted(this.cacheName, this.pending.size(), this.spec.maxPending())
						+ "or away. Raise max-pending or overflow-timeout, or set overflow to write-through");
	}

	private WriteRefusedException refused(int count, String message) {
		this.counters.refused.add(count);
		return new WriteRefusedException(message);
	}

	private boolean awaitRoom(int count) {
		try {
			return this.pending.tryReserve(count, Durations.toNanos(this.spec.overflowTimeout()), this.flusher::signal);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	@Override
	public void release(int count) {
		this.pending.release(count);
	}

	@Override
	public void accept(Object key, Object value) {
		accept(key, value, this.contexts.capture());
	}

	private void accept(Object key, Object value, @Nullable WriteContext context) {
		Accepted accepted = this.pending.add(key, value, context, System.nanoTime());
		if (accepted.kind() == Accepted.Kind.COALESCED) {
			coalesced(key, accepted.sequence());
			return;
		}
		added(key, accepted.sequence(), accepted.kind() == Accepted.Kind.QUEUED);
	}

	@Override
	public boolean accept(DeadLetter letter, Object value) {
		Object key = letter.key();
		long sequence = this.pending.addIfNone(key, value, this.contexts.capture(), System.nanoTime(),
				() -> this.deadLetters.remove(letter));
		if (sequence > 0) {
			added(key, sequence, true);
		}
		return sequence > 0;
	}

	private void added(Object key, long sequence, boolean queued) {
		accepted(key, sequence);
		if (!this.abandoned) {
			if (queued) {
				onQueued(key);
			}
			if (this.flusher.isTooMuch()) {
				flushAllSoon();
			}
		}
	}

	private void onQueued(Object key) {
		this.flusher.onQueued();
		if (this.requests.coverKey(key)) {
			expedite(key);
		}
	}

	private void coalesced(Object key, long sequence) {
		this.counters.coalesced.increment();
		accepted(key, sequence);
	}

	private void accepted(Object key, long sequence) {
		this.deadLetters.supersede(key, sequence);
		if (this.abandoned) {
			// It came after the drain, which did not wait long enough
			reportAbandoned(this.pending.list().stream().filter((write) -> write.key().equals(key)).toList());
		}
	}

	/**
	 * Make everything due, unless that was done and the flusher has not come that far.
	 */
	private void flushAllSoon() {
		Marker last = this.fullness.get();
		if ((last == null || last.isPassed()) && this.fullness.compareAndSet(last, new Marker())) {
			this.fullness.set(this.pending.mark());
			this.flusher.signal();
		}
	}

	@Override
	public Hold hold(Collection<Object> keys) {
		WriteContext context = this.contexts.capture();
		long last = this.pending.hold(keys);
		boolean landed = false;
		try {
			landed = this.requests.awaitLanded(keys, Durations.toNanos(this.spec.overflowTimeout()));
		}
		finally {
			if (!landed) {
				end(keys);
			}
		}
		if (!landed) {
			throw new WriteRefusedException("Cache '%s' has a write of key %s on its way to a store that is slow"
				.formatted(this.cacheName, keys));
		}
		return new KeyHold(keys, last, context);
	}

	private void end(Collection<Object> keys) {
		this.pending.unhold(keys);
		this.flusher.signal();
		this.requests.signal();
	}

	@Override
	public void expedite(Object key) {
		if (this.pending.expedite(key)) {
			this.flusher.signal();
		}
	}

	@Override
	public long size() {
		return this.pending.size();
	}

	@Override
	public Set<Object> keys() {
		return this.pending.list().stream().map(PendingWrite::key).collect(Collectors.toUnmodifiableSet());
	}

	@Override
	public FlushReport flush(Duration timeout) {
		if (this.flusher.isCurrentThread()) {
			throw new IllegalStateException(
					"Cache '" + this.cacheName + "' can't be flushed by a store call of its own flush");
		}
		if (this.requests.isNothingPending()) {
			return FlushReport.EMPTY;
		}
		return this.requests.await(requestFlush(), Durations.toNanos(timeout));
	}

	@Override
	public List<DeadLetter> deadLetters() {
		return this.deadLetters.list();
	}

	@Override
	public @Nullable DeadLetter findDeadLetter(DeadLetter letter) {
		return this.deadLetters.find(letter);
	}

	@Override
	public boolean discard(DeadLetter letter) {
		return this.deadLetters.remove(letter);
	}

	@Override
	public void open() {
		this.requests.end(this.drain);
		this.abandoned = false;
		this.flusher.open();
		this.closed = false;
	}

	@Override
	public void close() {
		this.closed = true;
		this.requests.end(this.drain);
		this.drain = this.requests.addAll();
		this.flusher.close();
	}

	@Override
	public FlushReport awaitDrained(Duration timeout) {
		FlushRequests.Request request = this.drain;
		if (request == null) {
			throw new IllegalStateException("Cache '" + this.cacheName + "' is not closed");
		}
		long start = System.nanoTime();
		long nanos = Durations.toNanos(timeout);
		awaitIdle(start, nanos);
		FlushReport report = this.requests.await(request, nanos - (System.nanoTime() - start));
		if (!this.pending.isIdle()) {
			this.abandoned = true;
			this.flusher.abandon();
			reportAbandoned(this.pending.list());
		}
		else if (!this.flusher.isCurrentThread()) {
			this.flusher.awaitEnd(LAST_WORDS.toNanos());
		}
		return report;
	}

	/**
	 * Wait until nothing is pending. Who closes an application may do so in a thread that
	 * is interrupted, and the writes are not to be lost for that.
	 * @param start when the wait began
	 * @param nanos the longest to wait
	 */
	private void awaitIdle(long start, long nanos) {
		boolean interrupted = false;
		do {
			interrupted |= Thread.interrupted();
			this.requests.awaitIdle(nanos - (System.nanoTime() - start));
		}
		while (Thread.currentThread().isInterrupted());
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void reportAbandoned(List<PendingWrite> left) {
		if (left.isEmpty()) {
			return;
		}
		List<Object> keys = left.stream().limit(LOGGED_KEYS).map(PendingWrite::key).toList();
		logger.error("Cache '%s' was closed with %d pending writes that are not in the store, of keys %s%s"
			.formatted(this.cacheName, left.size(), keys, (left.size() > keys.size()) ? " and others" : ""));
		DrainTimeoutException reason = new DrainTimeoutException(
				"The write was still pending when the time to drain cache '%s' was over".formatted(this.cacheName),
				null);
		left.forEach((write) -> this.settlement.abandoned(write, reason));
	}

	@Override
	public WriteCounts counts() {
		return this.counters.snapshot(this.pending.lastSequence(), this.pending.collapsed());
	}

	@Override
	public WriteStatus status() {
		return new WriteStatus(this.pending.size(), this.spec.maxPending(), this.pending.oldestAge(System.nanoTime()),
				this.availability.awayFor(), this.flusher.isAlive(), this.counters.lastFailure);
	}

	/**
	 * A hold on keys.
	 */
	private final class KeyHold implements Hold {

		private final Collection<Object> keys;

		private final long last;

		private final @Nullable WriteContext context;

		KeyHold(Collection<Object> keys, long last, @Nullable WriteContext context) {
			this.keys = List.copyOf(keys);
			this.last = last;
			this.context = context;
		}

		@Override
		public void supersede(Function<Object, @Nullable Object> stored) {
			try {
				this.keys.forEach((key) -> supersede(key, stored));
			}
			finally {
				end(this.keys);
			}
		}

		private void supersede(Object key, Function<Object, @Nullable Object> stored) {
			int dropped = WriteBack.this.pending.drop(key, this.last, () -> stored.apply(key), this.context);
			WriteBack.this.counters.cancelled.add(dropped);
			WriteBack.this.deadLetters.supersede(key, Long.MAX_VALUE);
		}

		@Override
		public void release() {
			end(this.keys);
		}

	}

}
