package io.cachepolicy.writeback;

import java.time.Clock;
import java.util.List;
import java.util.function.Predicate;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.DrainTimeoutException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.PendingLog.Outcome;
import io.cachepolicy.text.FailureLog;
import io.cachepolicy.text.KeyText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Ends claims: what a call of the store did to a write becomes known to pending writes,
 * cache, requests and dead letters. Thread-safe, as one claim has one owner.
 * <p>
 * The order matters: a stored value is in the cache before its write leaves the pending
 * ones, so that no reader misses it. A write that failed for good leaves before its entry
 * is dropped, or else a reader would cache the pending value again; no thread that waits
 * for a flush goes on in between. Its dead letter is kept before it leaves, so that every
 * newer write finds and supersedes it.
 * <p>
 * <b>Invariant.</b> A claim ends with its write only after the claim has passed: until
 * then another writer may take the write away, drop it, and leave room for the next one
 * of the key. A write that is stored has passed before its commit; one that is given up
 * passes here.
 */
final class Settlement {

	private static final Log logger = LogFactory.getLog(Settlement.class);

	private final FailureLog unexpected = new FailureLog(logger);

	private final String cacheName;

	private final WriteChains chains;

	private final WriteClaims claims;

	private final PendingCensus census;

	private final FlushRequests requests;

	private final DeadLetters deadLetters;

	private final PendingWrites.Listener listener;

	private final Predicate<DeadLetter> failures;

	private final WriteCounters counters;

	private final Clock clock;

	private final PendingLog log;

	Settlement(String cacheName, PendingParts pending, FlushRequests requests, DeadLetters deadLetters,
			PendingWrites.Listener listener, Predicate<DeadLetter> failures, WriteCounters counters, Clock clock,
			PendingLog log) {
		this.cacheName = cacheName;
		this.chains = pending.chains();
		this.claims = pending.claims();
		this.census = pending.census();
		this.requests = requests;
		this.deadLetters = deadLetters;
		this.listener = listener;
		this.failures = failures;
		this.counters = counters;
		this.clock = clock;
		this.log = log;
	}

	/**
	 * A batch has ended: what was recorded of it is written, in case the process dies.
	 */
	void batchEnded() {
		this.deadLetters.tell(this.chains.size() == 0);
		this.log.write();
	}

	Clock clock() {
		return this.clock;
	}

	int pending() {
		return this.chains.size();
	}

	/**
	 * Return whether what is in the way of a write may go: writes that were accepted
	 * before it are pending, as that of a row whose unique value it has.
	 * @param claim the claim of the write
	 * @return whether it is too early to give the write up
	 */
	boolean isEarly(Claim claim) {
		return this.census.hasOlderUnrefused(claim.write());
	}

	boolean isCoalescing() {
		return this.chains.isCoalescing();
	}

	/**
	 * Tell that the store was written, before the writes are ended one by one.
	 * @param claims the writes
	 */
	void storeChanged(List<Claim> claims) {
		this.listener.onStoreChanged(claims.stream().map(Claim::key).toList());
	}

	/**
	 * End a claim whose write is in the store. The claim is ended whatever the listener
	 * throws, which calls code of the application: Caffeine's {@code Expiry} or
	 * {@code Weigher}.
	 * @param claim the claim
	 * @param stored what the store holds now, {@code null} if that is not known
	 * @param after told of the next write of the key
	 */
	void written(Claim claim, @Nullable Object stored, AfterClaim after) {
		if (stored != null) {
			// A reader that still finds the write pending is to see what the store made
			// of it
			claim.write().value(stored);
		}
		boolean shown = false;
		try {
			this.listener.onWritten(claim.key(), claim.value(), stored);
			shown = true;
		}
		finally {
			this.counters.written.increment();
			this.requests.written(claim.write());
			after.written();
			// Before it leaves: a replay of a dead letter looks for both
			this.deadLetters.supersede(claim.key(), claim.write().sequence());
			if (shown) {
				leave(claim, Outcome.WRITTEN, after);
			}
			else {
				// As if it had been evicted: it is not stored again for that
				forget(claim, Outcome.WRITTEN, after);
			}
		}
	}

	/**
	 * End a claim whose write failed for good, unless it was taken away meanwhile.
	 * @param claim the claim
	 * @param kind why it is given up
	 * @param cause why the store refused it
	 * @param attempts its attempts
	 * @param after told of the next write of the key
	 * @return {@code false} if there is no room for another dead letter, and the claim
	 * goes on
	 */
	boolean deadLetter(Claim claim, DeadLetter.Kind kind, Throwable cause, Attempts attempts, AfterClaim after) {
		if (!claim.pass()) {
			return true;
		}
		DeadLetter letter = letter(claim, kind, cause, attempts);
		if (!this.deadLetters.add(letter, claim.write().sequence())) {
			return false;
		}
		this.counters.deadLettered.increment();
		after.deadLettered();
		this.requests.failed(claim.write());
		forget(claim, Outcome.GIVEN_UP, after);
		handle(letter);
		return true;
	}

	private DeadLetter letter(Claim claim, DeadLetter.Kind kind, Throwable cause, Attempts attempts) {
		return new DeadLetter(this.deadLetters.nextId(), this.cacheName, claim.key(),
				(claim.isDelete()) ? null : claim.value(), kind, cause, attempts.count(), attempts.first(),
				this.clock.instant());
	}

	/**
	 * End a claim whose write is given up in favour of what another writer stored, unless
	 * it was taken away meanwhile.
	 * @param claim the claim
	 * @param after told of the next write of the key
	 */
	void lost(Claim claim, AfterClaim after) {
		if (!claim.pass()) {
			return;
		}
		logger.info("Dropped a write whose row another writer changed: cache '" + this.cacheName + "', key '"
				+ KeyText.of(claim.key()) + "'");
		this.counters.cancelled.increment();
		forget(claim, Outcome.GIVEN_UP, after);
	}

	private void forget(Claim claim, Outcome outcome, AfterClaim after) {
		this.requests.atOnce(() -> {
			leave(claim, outcome, after);
			this.listener.onGivenUp(claim.key());
		});
	}

	private void leave(Claim claim, Outcome outcome, AfterClaim after) {
		PendingWrite next = this.claims.complete(claim, outcome);
		if (next != null) {
			this.deadLetters.supersede(claim.key(), next.sequence());
			after.next(next);
		}
	}

	/**
	 * End a claim whose write is to be tried again.
	 * @param claim the claim
	 */
	void giveBack(Claim claim) {
		this.claims.giveBack(claim);
	}

	/**
	 * Report writes that could not be stored in time. They are still pending.
	 * @param left the writes
	 */
	void abandoned(List<PendingWrite> left) {
		if (left.isEmpty()) {
			return;
		}
		if (this.log.isDurable()) {
			logger.warn("Cache '%s' was closed with %d pending writes, which are stored after the next start"
				.formatted(this.cacheName, left.size()));
			return;
		}
		List<Object> keys = left.stream().map(PendingWrite::key).toList();
		logger.error("Cache '%s' was closed with %d pending writes that are not in the store, of keys %s"
			.formatted(this.cacheName, left.size(), KeyText.ofAll(keys)));
		DrainTimeoutException reason = new DrainTimeoutException(
				"The write was still pending when the time to drain cache '%s' was over".formatted(this.cacheName),
				null);
		left.forEach((write) -> abandoned(write, reason));
	}

	private void abandoned(PendingWrite write, DrainTimeoutException reason) {
		Attempts attempts = write.attempts();
		// Once, as a late writer may still replace it
		Object value = write.value();
		handle(new DeadLetter(this.deadLetters.nextId(), this.cacheName, write.key(),
				(!Absent.is(value)) ? value : null, DeadLetter.Kind.NOT_STORED, reason,
				(attempts != null) ? attempts.count() : 0,
				(attempts != null && attempts.count() > 0) ? attempts.first() : this.clock.instant(),
				this.clock.instant()));
	}

	private void handle(DeadLetter letter) {
		try {
			if (this.failures.test(letter)) {
				this.deadLetters.taken(letter);
			}
		}
		catch (Throwable ex) {
			this.unexpected.error("Handler of a failed write failed: cache '%s', key '%s'".formatted(this.cacheName,
					KeyText.of(letter.key())), ex);
		}
	}

	/**
	 * Told of the writes of a batch when claims on their keys end.
	 */
	@FunctionalInterface
	interface AfterClaim {

		/**
		 * A write became the oldest of its key, and waits.
		 * @param write the write
		 */
		void next(PendingWrite write);

		/**
		 * A write is in the store.
		 */
		default void written() {
		}

		/**
		 * A write became a dead letter.
		 */
		default void deadLettered() {
		}

	}

}
