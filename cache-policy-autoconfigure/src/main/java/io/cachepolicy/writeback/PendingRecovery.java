package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.RecoveredFailureException;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.PendingLog.Outcome;
import io.cachepolicy.spi.PendingLog.Recovered;
import io.cachepolicy.spi.StoreVersions.Lineage;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Takes over what an earlier process left of the pending writes of a cache. Used once,
 * before the cache is.
 * <p>
 * Only the oldest write of a key can have been on its way to the store when the process
 * died: it may be there already, and is told to the store as unanswered.
 */
final class PendingRecovery implements PendingLog.Recovery {

	private static final Log logger = LogFactory.getLog(PendingRecovery.class);

	private final String cacheName;

	private final WriteChains chains;

	private final DeadLetters deadLetters;

	private final Clock clock;

	private final BackingStore store;

	private final Map<Object, Object> unanswered = new LinkedHashMap<>();

	private final Map<Recovered, String> inDoubt = new LinkedHashMap<>();

	private final long now = System.nanoTime();

	private int pending;

	private int letters;

	PendingRecovery(String cacheName, WriteChains chains, DeadLetters deadLetters, Clock clock, BackingStore store) {
		this.cacheName = cacheName;
		this.chains = chains;
		this.deadLetters = deadLetters;
		this.clock = clock;
		this.store = store;
	}

	/**
	 * Take over what a log has.
	 * @param log the log
	 */
	void recover(PendingLog log) {
		log.recover(this);
		this.inDoubt.forEach((write, reason) -> settleDoubt(log, write, reason));
		this.deadLetters.tell(true);
		log.write();
		if (!this.unanswered.isEmpty()) {
			this.store.versions().unanswered(this.unanswered);
		}
		if (this.pending + this.letters + this.inDoubt.size() > 0) {
			logger.info("Recovered %d pending writes and %d dead letters of cache '%s' in %d ms, %d writes are in doubt"
				.formatted(this.pending, this.letters, this.cacheName,
						Duration.ofNanos(System.nanoTime() - this.now).toMillis(), this.inDoubt.size()));
		}
	}

	@Override
	public void pending(Recovered write) {
		Lineage lineage = write.lineage();
		if (lineage != null) {
			this.store.versions().seed(write.key(), lineage);
		}
		this.chains
			.recover(new PendingWrite(write.key(), write.value(), null, write.sequence(), write.revision(), this.now));
		this.unanswered.putIfAbsent(write.key(), write.value());
		this.deadLetters.supersede(write.key(), write.sequence());
		this.pending++;
	}

	@Override
	public void inDoubt(Recovered write, String reason) {
		this.inDoubt.put(write, reason);
	}

	@Override
	public void deadLetter(DeadLetter letter, long sequence) {
		this.chains.reach(sequence);
		this.deadLetters.recover(letter, sequence);
		this.letters++;
	}

	/**
	 * Make a dead letter of a write in doubt, unless a newer one of its key is pending.
	 * @param log records it
	 * @param write the write
	 * @param reason why it is in doubt
	 */
	private void settleDoubt(PendingLog log, Recovered write, String reason) {
		this.chains.reach(write.sequence());
		PendingWrite head = this.chains.head(write.key());
		boolean superseded = head != null && head.newest().sequence() > write.sequence();
		if (!superseded) {
			Instant time = this.clock.instant();
			this.deadLetters.addInDoubt(new DeadLetter(this.deadLetters.nextId(), this.cacheName, write.key(),
					(Absent.is(write.value())) ? null : write.value(), DeadLetter.Kind.IN_DOUBT,
					new RecoveredFailureException(reason), 0, time, time), write.sequence());
		}
		log.settle(write.key(), write.sequence(), (superseded) ? Outcome.SUPERSEDED : Outcome.GIVEN_UP, 0);
	}

}
