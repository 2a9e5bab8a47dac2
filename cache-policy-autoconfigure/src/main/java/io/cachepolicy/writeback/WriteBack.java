package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.IndependentSteps;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteCounts;
import io.cachepolicy.cache.WriteStatus;
import io.cachepolicy.settings.Durations;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.text.KeyText;
import org.jspecify.annotations.Nullable;

/**
 * The {@link PendingWrites} of a cache: what is {@link Acceptance accepted} stands in
 * {@link WriteChains chains}, from which a {@link Flusher} brings it to the store.
 */
final class WriteBack implements PendingWrites {

	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	private final String cacheName;

	private final WriteBackSpec spec;

	private final WriteContextCapture contexts;

	private final PendingLog log;

	private final Room room;

	private final WriteChains chains;

	private final HeldChains held;

	private final WriteClaims claims;

	private final PendingCensus census;

	private final FlushRequests requests;

	private final FlushPeer peer;

	private final FlushPeers peers;

	private final Availability resource;

	private final Availability available;

	private final Flusher flusher;

	private final Acceptance acceptance;

	private final DeadLetters deadLetters;

	private final AheadWrites ahead;

	private final WriteCounters counters = new WriteCounters();

	private volatile FlushRequests.@Nullable Request drain;

	/**
	 * Create the pending writes of a cache, and take over what an earlier process left.
	 * @param cacheName the name of the cache
	 * @param spec the settings
	 * @param store the store
	 * @param listener told of writes that left
	 * @param environment what the cache shares with others
	 */
	WriteBack(String cacheName, WriteBackSpec spec, BackingStore store, Listener listener,
			FlushEnvironment environment) {
		this.cacheName = cacheName;
		this.spec = spec;
		this.contexts = environment.contexts();
		this.log = (spec.durable()) ? environment.logs().open(cacheName, store) : PendingLog.NONE;
		PendingParts pending = PendingParts.of(spec.maxPending(), spec.coalesce(), this.log,
				environment.peers().sequence(), new FlushTurns(environment.threads()));
		this.room = pending.room();
		this.chains = pending.chains();
		this.held = pending.held();
		this.claims = pending.claims();
		this.census = pending.census();
		this.requests = new FlushRequests(pending);
		this.deadLetters = new DeadLetters(spec.maxDeadLetters(), pending.turns()::signal, this.log);
		Settlement settlement = new Settlement(cacheName, pending, this.requests, this.deadLetters, listener,
				environment.failures(), this.counters, environment.clock(), this.log);
		this.peers = environment.peers();
		this.peer = new FlushPeer(cacheName, store.traits().relations(), pending, this.requests);
		this.resource = this.peers.availability(store.traits().resource());
		this.available = new Availability(environment.listener());
		this.flusher = new Flusher(cacheName, this.room, this.requests,
				new DueWrites(pending, this.requests, spec, new FlushOrder(this.peer, this.peers), this.available),
				new BatchWriter(cacheName, new StoreCalls(store, this.contexts.nothing()), settlement, new Evidence(),
						this.counters, spec),
				this.resource, this.available, this.deadLetters, this.peers, pending.turns(), spec,
				environment.listener());
		this.acceptance = new Acceptance(cacheName, spec, this.contexts, this.log, pending, this.requests, this.flusher,
				this.deadLetters, settlement, this.counters);
		this.ahead = new AheadWrites(store, this.chains, this.held, this.peer, this.peers, this.contexts);
		new PendingRecovery(cacheName, this.chains, this.deadLetters, environment.clock(), store).recover(this.log);
		this.available.add(this.peer);
		this.peers.add(this.peer, this.resource);
	}

	FlushPeer peer() {
		return this.peer;
	}

	void signal() {
		this.flusher.signal();
	}

	@Override
	public @Nullable Object find(Object key) {
		return this.chains.find(key);
	}

	@Override
	public boolean isOverRemoval(Object key) {
		return this.chains.isOverRemoval(key);
	}

	@Override
	public boolean offer(Object key, Object value) {
		return this.acceptance.offer(key, value);
	}

	@Override
	public boolean offerUnforced(Object key, Object value) {
		return this.acceptance.offerUnforced(key, value);
	}

	@Override
	public boolean force() {
		return this.acceptance.force();
	}

	@Override
	public boolean isIndependent(Map<Object, Object> writes) {
		return this.peers.areIndependent(this.peer, writes);
	}

	@Override
	public @Nullable Reservation reserve(Map<Object, Object> writes, boolean patient) {
		return this.acceptance.reserve(writes, patient);
	}

	@Override
	public Hold hold(Collection<Object> keys, boolean patient) {
		return hold(keys, patient, true);
	}

	@Override
	public AheadHold holdAhead(Collection<Object> keys) {
		return hold(keys, false, false);
	}

	private KeyHold hold(Collection<Object> keys, boolean patient, boolean changing) {
		WriteContext context = this.contexts.capture();
		long last = this.held.hold(keys, changing);
		boolean landed = false;
		boolean recorded = false;
		try {
			if (!patient) {
				keys.forEach(this.claims::revoke);
			}
			landed = this.requests.awaitLanded(keys, Durations.toNanos(this.spec.overflowTimeout()));
			recorded = landed && record(keys, last);
		}
		finally {
			if (!recorded) {
				end(keys, changing);
			}
		}
		if (landed && !recorded) {
			throw new WriteRefusedException(
					"Cache '%s' can't record that pending writes of keys %s are about to be superseded"
						.formatted(this.cacheName, KeyText.ofAll(keys)));
		}
		if (!landed) {
			throw new WriteRefusedException("Cache '%s' has a write of key %s on its way to a store that is slow"
				.formatted(this.cacheName, KeyText.ofAll(keys)));
		}
		return new KeyHold(keys, last, context, changing);
	}

	private boolean record(Collection<Object> keys, long last) {
		boolean recorded = false;
		for (Object key : keys) {
			recorded |= this.held.recordHold(key, last);
		}
		return !recorded || this.log.force();
	}

	private void end(Collection<Object> keys, boolean changing) {
		this.held.unhold(keys, changing);
		this.log.write();
		this.flusher.signal();
		this.requests.signal();
	}

	@Override
	public Guard guard(Object key) {
		long last = this.held.hold(List.of(key));
		this.claims.revoke(key);
		return new KeyGuard(key, last);
	}

	@Override
	public int batchSize() {
		return (this.ahead.isContextual()) ? 1 : this.spec.batchSize();
	}

	@Override
	public void expedite(Object key) {
		this.chains.expedite(key);
	}

	@Override
	public long size() {
		return this.room.size();
	}

	@Override
	public Set<Object> keys() {
		return this.census.list().stream().map(PendingWrite::key).collect(Collectors.toUnmodifiableSet());
	}

	@Override
	public RequestedFlush requestFlush() {
		if (this.flusher.isCurrentThread()) {
			throw new IllegalStateException(
					"Cache '" + this.cacheName + "' can't be flushed by a store call of its own flush");
		}
		if (this.requests.isNothingPending()) {
			return RequestedFlush.EMPTY;
		}
		FlushRequests.Request request = this.peer.requestFlush();
		this.flusher.onQueued();
		return (timeout) -> this.requests.await(request, Durations.toNanos(timeout));
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
		boolean kept = this.deadLetters.remove(letter);
		if (kept) {
			this.deadLetters.forgotten(letter);
			this.log.force();
		}
		return kept;
	}

	@Override
	public void open() {
		this.requests.end(this.drain);
		this.acceptance.open();
	}

	@Override
	public void suspend() {
		this.acceptance.close();
	}

	@Override
	public void close() {
		this.acceptance.close();
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
		if (!this.room.isIdle()) {
			this.acceptance.abandon();
		}
		else if (!this.flusher.isCurrentThread()) {
			this.flusher.awaitEnd(LAST_WORDS.toNanos());
		}
		return report;
	}

	/**
	 * Wait until nothing is pending. The thread that closes an application may be
	 * interrupted, and the writes are not to be lost for that.
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

	@Override
	public WriteCounts counts() {
		return this.counters.snapshot(this.chains.added(), this.claims.collapsed());
	}

	private Duration awayFor() {
		Duration resource = this.resource.awayFor();
		Duration own = this.available.awayFor();
		return (resource.compareTo(own) > 0) ? resource : own;
	}

	@Override
	public WriteStatus status() {
		return new WriteStatus(this.room.size(), this.spec.maxPending(), this.census.oldestAge(System.nanoTime()),
				awayFor(), this.flusher.isAlive(), this.deadLetters.size(), this.deadLetters.isFull(),
				this.counters.lastFailure);
	}

	/**
	 * A hold on keys.
	 */
	private final class KeyHold implements AheadHold {

		private final Collection<Object> keys;

		private final long last;

		private final @Nullable WriteContext context;

		private final boolean changing;

		KeyHold(Collection<Object> keys, long last, @Nullable WriteContext context, boolean changing) {
			this.changing = changing;
			this.keys = List.copyOf(keys);
			this.last = last;
			this.context = context;
		}

		@Override
		public @Nullable Map<Object, Object> write() {
			return WriteBack.this.ahead.write(this.keys);
		}

		@Override
		public void supersede(Function<Object, @Nullable Object> stored) {
			try {
				// One key after the other, whatever becomes of those before
				IndependentSteps.forEach(this.keys, (key) -> supersede(key, stored));
			}
			finally {
				end(this.keys, this.changing);
			}
		}

		private void supersede(Object key, Function<Object, @Nullable Object> stored) {
			int dropped = WriteBack.this.held.drop(key, this.last, () -> stored.apply(key), this.context);
			WriteBack.this.counters.cancelled.add(dropped);
			WriteBack.this.deadLetters.supersede(key, Long.MAX_VALUE);
		}

		@Override
		public void release() {
			end(this.keys, this.changing);
		}

	}

	/**
	 * A guard of a key.
	 */
	private final class KeyGuard implements Guard {

		private final Object key;

		private long last;

		KeyGuard(Object key, long last) {
			this.key = key;
			this.last = last;
		}

		@Override
		public void extend() {
			this.last = WriteBack.this.held.extendHold(this.key);
			WriteBack.this.claims.revoke(this.key);
		}

		@Override
		public void changed(boolean removed) {
			boolean winning = WriteBack.this.spec.onConflict() == OnConflict.CACHE_WINS;
			int dropped = WriteBack.this.held.overtake(this.key, this.last, removed, winning);
			WriteBack.this.counters.cancelled.add(dropped);
		}

		@Override
		public void release() {
			end(List.of(this.key), true);
		}

	}

}
