package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.text.FailureText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.backoff.BackOffExecution;

/**
 * Whether what a store needs answers. There is one for a resource, such as a database,
 * shared by the flushers of all caches whose stores need it, and one for the store of
 * each cache.
 * <p>
 * A call of the store begins with {@link #enter} and ends with exactly one of
 * {@link #answered}, {@link #away} and {@link #leave}. While the resource is away, one
 * call at a time is let in, as a probe, after a pause that grows. All calls that were let
 * in before the resource went away count as one failure, and none of them brings it back:
 * they carry an outdated turn.
 * <p>
 * All state is guarded by the monitor; {@link #isAway} alone is read without it. What
 * happened is told when the monitor is free again.
 */
final class Availability {

	private static final Log logger = LogFactory.getLog(Availability.class);

	/**
	 * A turn that was not given.
	 */
	static final long REFUSED = -1;

	private static final long HURRIED_PAUSE = TimeUnit.MILLISECONDS.toNanos(250);

	private final List<FlushPeer> members = new CopyOnWriteArrayList<>();

	private final FlushListener listener;

	private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean telling = new AtomicBoolean();

	private volatile boolean away;

	private long turn;

	private boolean probing;

	private @Nullable BackOffExecution pauses;

	private long awaySince;

	private long failedAt;

	private long pausedUntil;

	Availability(FlushListener listener) {
		this.listener = listener;
	}

	void add(FlushPeer member) {
		this.members.add(member);
	}

	boolean isAway() {
		return this.away;
	}

	/**
	 * Ask to call the store whatever the pause, as there is doubt about the outage.
	 * @return the turn, or {@link #REFUSED} if another call is a probe
	 */
	synchronized long enterAtOnce() {
		if (this.away && this.probing) {
			return REFUSED;
		}
		this.probing = this.away;
		return this.turn;
	}

	/**
	 * Return the current turn, for a call that does not wait in an outage.
	 * @return the turn
	 */
	synchronized long turn() {
		return this.turn;
	}

	/**
	 * Return how long the next call has to wait.
	 * @param now the time in nanoseconds
	 * @param hurry whether there is little time left, so that pauses are short
	 * @return the nanoseconds to wait, 0 if the store may be called
	 */
	long nanosUntilCall(long now, boolean hurry) {
		if (!this.away) {
			return 0;
		}
		synchronized (this) {
			return (this.away) ? pause(now, hurry) : 0;
		}
	}

	private long pause(long now, boolean hurry) {
		long until = (hurry) ? Math.min(this.pausedUntil, this.failedAt + HURRIED_PAUSE) : this.pausedUntil;
		// The end of the probe wakes the others
		return (this.probing) ? HURRIED_PAUSE : Math.max(0, until - now);
	}

	/**
	 * Ask to call the store.
	 * @param now the time in nanoseconds
	 * @param hurry whether there is little time left
	 * @return the turn, or {@link #REFUSED}
	 */
	synchronized long enter(long now, boolean hurry) {
		if (!this.away) {
			return this.turn;
		}
		if (pause(now, hurry) > 0) {
			return REFUSED;
		}
		this.probing = true;
		return this.turn;
	}

	/**
	 * End a turn without a call of the store.
	 * @param ended the turn
	 */
	synchronized void leave(long ended) {
		if (ended == this.turn) {
			this.probing = false;
		}
	}

	/**
	 * End a turn: the store answered.
	 * @param ended the turn
	 */
	void answered(long ended) {
		if (this.away && isBack(ended)) {
			this.members.forEach(FlushPeer::signal);
			spread();
		}
	}

	private synchronized boolean isBack(long ended) {
		if (!this.away || ended != this.turn) {
			return false;
		}
		this.away = false;
		this.probing = false;
		this.pauses = null;
		this.news.add(back(Duration.ofNanos(System.nanoTime() - this.awaySince), names(), countPending()));
		return true;
	}

	/**
	 * End a turn: the store is away.
	 * @param ended the turn
	 * @param retry how the pauses grow
	 * @param failure what the store threw
	 */
	void away(long ended, WriteBackSpec.Retry retry, Throwable failure) {
		goAway(ended, retry, failure);
		spread();
	}

	private synchronized void goAway(long ended, WriteBackSpec.Retry retry, Throwable failure) {
		if (ended != this.turn) {
			return;
		}
		this.turn++;
		this.probing = false;
		this.failedAt = System.nanoTime();
		if (this.pauses == null) {
			this.news.add(away(names(), countPending(), failure));
			this.pauses = Pauses.of(retry).start();
			this.awaySince = this.failedAt;
		}
		this.pausedUntil = this.failedAt + TimeUnit.MILLISECONDS.toNanos(this.pauses.nextBackOff());
		this.away = true;
	}

	/**
	 * Return for how long the store has been away.
	 * @return the time, zero if it is not away
	 */
	synchronized Duration awayFor() {
		return (this.away) ? Duration.ofNanos(System.nanoTime() - this.awaySince) : Duration.ZERO;
	}

	/**
	 * Tell what happened, in its order: a thread that comes while another one tells
	 * leaves it to the other.
	 */
	private void spread() {
		while (!this.news.isEmpty() && this.telling.compareAndSet(false, true)) {
			try {
				for (Runnable next = this.news.poll(); next != null; next = this.news.poll()) {
					next.run();
				}
			}
			finally {
				this.telling.set(false);
			}
		}
	}

	private Runnable away(Set<String> names, long pending, Throwable failure) {
		return () -> {
			logger.warn("The store of %s is away, %d writes stay pending".formatted(describe(names), pending),
					FailureText.loggable(failure, logger));
			this.listener.storeAway(names, pending, failure);
		};
	}

	private Runnable back(Duration away, Set<String> names, long pending) {
		return () -> {
			logger.info("The store of %s is back after %d ms, %d writes are pending".formatted(describe(names),
					away.toMillis(), pending));
			this.listener.storeBack(names, pending, away);
		};
	}

	private Set<String> names() {
		return this.members.stream().map(FlushPeer::name).collect(Collectors.toCollection(TreeSet::new));
	}

	private static String describe(Set<String> names) {
		return ((names.size() == 1) ? "cache '" : "caches '") + String.join("', '", names) + "'";
	}

	private long countPending() {
		return this.members.stream().mapToLong(FlushPeer::size).sum();
	}

}
