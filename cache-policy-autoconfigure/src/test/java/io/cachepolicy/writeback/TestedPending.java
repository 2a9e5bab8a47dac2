package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.cachepolicy.spi.OwnThreads;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContext;
import org.jspecify.annotations.Nullable;

/**
 * The parts of pending writes, as one thing to be tested.
 */
final class TestedPending {

	private static final OwnThreads THREADS = new OwnThreads();

	private final PendingLog log;

	private final PendingParts parts;

	TestedPending(int maxPending, boolean coalesce) {
		this(maxPending, coalesce, PendingLog.NONE);
	}

	TestedPending(int maxPending, boolean coalesce, PendingLog log) {
		this(maxPending, coalesce, log, new AtomicLong());
	}

	TestedPending(int maxPending, boolean coalesce, PendingLog log, AtomicLong sequence) {
		this.log = log;
		this.parts = PendingParts.of(maxPending, coalesce, log, sequence,
				new FlushTurns(new FlushThreads((task) -> THREADS.create(FlushThreads.NAME, task),
						Duration.ofMillis(10), Duration.ofMillis(250))));
	}

	PendingParts parts() {
		return this.parts;
	}

	Room room() {
		return this.parts.room();
	}

	WriteChains chains() {
		return this.parts.chains();
	}

	WriteQueue queue() {
		return this.parts.queue();
	}

	private PendingLog.Entry prepare(Object key, Object value) {
		return Objects.requireNonNull(this.log.prepare(key, value));
	}

	boolean tryReserve(int count) {
		return room().tryReserve(count);
	}

	boolean tryReserve(int count, long nanos, Runnable onWait) throws InterruptedException {
		return room().tryReserve(count, nanos, onWait);
	}

	boolean hasBlocked() {
		return room().hasBlocked();
	}

	void release(int count) {
		room().release(count);
	}

	boolean isIdle() {
		return room().isIdle();
	}

	int taken() {
		return room().taken();
	}

	int maxPending() {
		return room().maxPending();
	}

	int size() {
		return room().size();
	}

	Duration oldestAge(long now) {
		return this.parts.census().oldestAge(now);
	}

	@Nullable Object find(Object key) {
		return chains().find(key);
	}

	Accepted add(Object key, Object value, @Nullable WriteContext context, long now) {
		return chains().add(key, value, context, prepare(key, value), now);
	}

	long addIfNone(Object key, Object value, @Nullable WriteContext context, long now, BooleanSupplier allowed) {
		PendingLog.Entry entry = prepare(key, value);
		long sequence = chains().addIfNone(key, value, context, entry, now, allowed);
		if (sequence == 0) {
			entry.cancel();
		}
		return sequence;
	}

	long coalesce(Object key, Object value, @Nullable WriteContext context) {
		PendingLog.Entry entry = prepare(key, value);
		long sequence = chains().coalesce(key, value, context, entry);
		if (sequence == 0) {
			entry.cancel();
		}
		return sequence;
	}

	boolean expedite(Object key) {
		return chains().expedite(key);
	}

	Marker mark() {
		return queue().mark();
	}

	long lastSequence() {
		return chains().lastSequence();
	}

	long collapsed() {
		return this.parts.claims().collapsed();
	}

	boolean hasOlderUnrefused(PendingWrite write) {
		return this.parts.census().hasOlderUnrefused(write);
	}

	long countUpTo(long sequence) {
		return this.parts.census().countUpTo(sequence);
	}

	boolean containsUpTo(long sequence) {
		return this.parts.census().containsUpTo(sequence);
	}

	List<PendingWrite> list() {
		return this.parts.census().list();
	}

	long hold(Collection<Object> keys) {
		return this.parts.held().hold(keys);
	}

	boolean isInFlight(Object key) {
		return this.parts.claims().isInFlight(key);
	}

	int drop(Object key, long sequence, Supplier<@Nullable Object> stored, @Nullable WriteContext context) {
		return this.parts.held().drop(key, sequence, stored, context);
	}

	void unhold(Collection<Object> keys) {
		this.parts.held().unhold(keys);
	}

	@Nullable Object pollUrgent() {
		return chains().pollUrgent();
	}

	boolean hasUrgent() {
		return queue().hasUrgent();
	}

	boolean hasMarkers() {
		return queue().hasMarkers();
	}

	@Nullable PendingWrite peek() {
		return queue().peek();
	}

	int queued() {
		return queue().length();
	}

	long passed() {
		return queue().passed();
	}

	void removePeeked() {
		queue().removePeeked();
	}

	@Nullable PendingWrite head(Object key) {
		return chains().head(key);
	}

	@Nullable Claim claim(PendingWrite write, long position) {
		return this.parts.claims().claim(write, position);
	}

	@Nullable PendingWrite complete(Claim claim) {
		return this.parts.claims().complete(claim, PendingLog.Outcome.WRITTEN);
	}

	void giveBack(Claim claim) {
		this.parts.claims().giveBack(claim);
	}

	void enqueue(PendingWrite write) {
		queue().add(write);
	}

	boolean isCoalescing() {
		return chains().isCoalescing();
	}

}
