package io.cachepolicy.writeback;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PartialWriteException;
import io.cachepolicy.cache.WriteStatus;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.text.FailureLog;
import io.cachepolicy.writeback.Evidence.Finding;
import io.cachepolicy.writeback.Evidence.Verdict;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.OptimisticLockingFailureException;

/**
 * Hands a batch of claims to the store, and settles each claim by what the store does.
 * <p>
 * Writes reach the store in the order in which they were accepted, as runs of writes that
 * can share a call: puts or deletes, of one context where that matters. The first call
 * that fails ends the batch, so that what was never tried gets its turn: the rows of that
 * call are given back in smaller groups if one of them is at fault, so that only the
 * writes that cause it fail in the end, and together if the store is. What the batch did
 * not come to is given back as it was. Used by one thread per batch.
 */
final class BatchWriter {

	private static final Log logger = LogFactory.getLog(BatchWriter.class);

	private final FailureLog unexpected = new FailureLog(logger);

	/**
	 * For how long a row fails at least by what may be an outage, so that short ones that
	 * follow each other are not held against it.
	 */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

	private final String cacheName;

	private final StoreCalls calls;

	private final Settlement settlement;

	private final Evidence evidence;

	private final WriteCounters counters;

	private final WriteBackSpec.Retry retry;

	private final OnConflict onConflict;

	BatchWriter(String cacheName, StoreCalls calls, Settlement settlement, Evidence evidence, WriteCounters counters,
			WriteBackSpec spec) {
		this.cacheName = cacheName;
		this.calls = calls;
		this.settlement = settlement;
		this.evidence = evidence;
		this.counters = counters;
		this.retry = spec.retry();
		this.onConflict = spec.onConflict();
	}

	/**
	 * Write a batch.
	 * @param batch the claims, all of which are settled when this method ends
	 * @param tried what they met before, {@code null} if they were never tried
	 * @param returned takes the writes that wait again
	 * @return how it went
	 */
	BatchReport write(List<Claim> batch, @Nullable Suspects tried, ReturnedWrites returned) {
		batch.sort(Comparator.comparingLong(Claim::position));
		BatchTally tally = new BatchTally(batch.size(), returned);
		try {
			for (List<Claim> call : calls(batch)) {
				if (!store(call, tried, tally)) {
					break;
				}
			}
		}
		finally {
			giveBackRest(batch, tried, tally);
			this.settlement.batchEnded();
		}
		return tally.report();
	}

	private List<List<Claim>> calls(List<Claim> batch) {
		List<List<Claim>> calls = new ArrayList<>();
		int start = 0;
		for (int i = 1; i <= batch.size(); i++) {
			if (i == batch.size() || batch.get(i).isDelete() != batch.get(start).isDelete()) {
				calls.addAll(this.calls.group(batch.subList(start, i)));
				start = i;
			}
		}
		return calls;
	}

	private boolean store(List<Claim> call, @Nullable Suspects tried, BatchTally tally) {
		List<Claim> claims = notOvertaken(remaining(call), tally);
		if (claims.isEmpty()) {
			return true;
		}
		Map<Object, Object> stored;
		long begun = this.evidence.begin();
		long start = System.nanoTime();
		try {
			stored = this.calls.write(claims);
		}
		catch (PartialWriteException ex) {
			return storeRest(claims, ex, begun, System.nanoTime() - start, tried, tally);
		}
		catch (Throwable ex) {
			failed(claims, new Failed(ex, System.nanoTime() - start), tried, tally);
			return false;
		}
		written(claims, stored, begun, tried != null, tally);
		return true;
	}

	private boolean storeRest(List<Claim> claims, PartialWriteException failure, long begun, long took,
			@Nullable Suspects tried, BatchTally tally) {
		Set<Object> keys = failure.getWrittenKeys();
		List<Claim> rest = claims.stream().filter((claim) -> !keys.contains(claim.key())).toList();
		List<Claim> written = claims.stream().filter((claim) -> keys.contains(claim.key())).toList();
		if (!written.isEmpty()) {
			written(written, Map.of(), begun, tried != null, tally);
		}
		if (!rest.isEmpty()) {
			Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
			failed(rest, new Failed(cause, took), tried, tally);
		}
		return rest.isEmpty();
	}

	private void written(List<Claim> claims, Map<Object, Object> stored, long begun, boolean suspected,
			BatchTally tally) {
		this.evidence.answered(begun, suspected);
		publish(() -> this.settlement.storeChanged(claims), tally);
		claims.forEach((claim) -> publish(() -> this.settlement.written(claim, stored.get(claim.key()), tally), tally));
	}

	/**
	 * Do something that may call code of the application, as a {@code Weigher}: the store
	 * has the writes, whatever that code throws.
	 * @param action the action
	 * @param tally told what it throws
	 */
	private void publish(Runnable action, BatchTally tally) {
		try {
			action.run();
		}
		catch (Throwable ex) {
			tally.unpublished(ex);
			this.unexpected.error("A write that was stored could not be published in cache '" + this.cacheName + "'",
					ex);
		}
	}

	private static List<Claim> remaining(List<Claim> claims) {
		return (claims.stream().anyMatch(Claim::isRevoked))
				? claims.stream().filter((claim) -> !claim.isRevoked()).toList() : claims;
	}

	private void failed(List<Claim> claims, Failed failed, @Nullable Suspects tried, BatchTally tally) {
		if (claims.stream().anyMatch(Claim::isRevoked)) {
			// It was rolled back for the writer that took a row away, or failed because
			// of it: the others are as untried as before
			return;
		}
		this.counters.lastFailure = new WriteStatus.LastFailure(failed.thrown(), this.settlement.clock().instant());
		if (failed.kind() == FailureKind.READ_ONLY) {
			reconnect();
		}
		List<Claim> suspects = (tried != null) ? claims : suspects(claims, failed.kind());
		Finding finding = judge(suspects, failed, tried, tally);
		Verdict verdict = finding.verdict();
		if (verdict == Verdict.UNSERVED || failed.kind() == FailureKind.UNREACHABLE) {
			// No row was asked about: they are as untried as the rest
			return;
		}
		if (verdict == Verdict.STORE || verdict == Verdict.RESOURCE) {
			tally.suspected(List.of(giveBack(suspects, tried, finding.suspicion())));
		}
		else if (claims.size() > 1) {
			tally.suspected(giveBack(suspects, tried, finding.suspicion()).split());
		}
		else {
			rowFailed(claims.get(0), failed, finding, tally);
		}
	}

	/**
	 * Return those writes of a call which are suspected when it fails for the first time.
	 * Its {@link FlushEnds youngest} ones are taken for untried, and given back as the
	 * rest of the batch is: one that can be stored does not wait until all of the others
	 * were tried apart. That takes long where each call has to wait again.
	 * @param claims the writes of the call
	 * @param kind how it failed
	 * @return the older ones, or all if it is the store's fault as a rule
	 */
	private static List<Claim> suspects(List<Claim> claims, FailureKind kind) {
		int untried = switch (kind) {
			case BUSY, TIMEOUT -> (claims.size() + 3) / 4;
			case REFUSED, CONFLICT, UNCLEAR -> 1;
			case UNSERVED, UNREACHABLE, RESOURCE, UNWRITABLE, READ_ONLY -> 0;
		};
		return (claims.size() > 1) ? claims.subList(0, claims.size() - untried) : claims;
	}

	/**
	 * Let go of connections that lead to a server which is a primary no more: they may
	 * never break.
	 */
	private void reconnect() {
		try {
			this.calls.reconnect();
		}
		catch (Throwable ex) {
			this.unexpected.warn("Cache '" + this.cacheName + "' could not let go of connections to a read-only server",
					ex);
		}
	}

	private Finding judge(List<Claim> claims, Failed failed, @Nullable Suspects tried, BatchTally tally) {
		List<PendingWrite> writes = claims.stream().map(Claim::write).toList();
		boolean alone = this.settlement.pending() <= writes.size();
		Finding finding = this.evidence.judge(writes, alone, failed.failure(), suspicion(writes, tried));
		tally.failed(failed.thrown(), failed.kind(), finding.verdict());
		return finding;
	}

	private static @Nullable Suspicion suspicion(List<PendingWrite> writes, @Nullable Suspects tried) {
		Attempts attempts = (writes.size() == 1) ? writes.get(0).attempts() : null;
		if (attempts != null && attempts.suspicion() != null) {
			return attempts.suspicion();
		}
		return (tried != null) ? tried.suspicion() : null;
	}

	private Suspects giveBack(List<Claim> claims, @Nullable Suspects tried, Suspicion suspicion) {
		long answers = this.evidence.answers();
		// Nothing was stored since the writes were parted: most of them may be at fault
		int parts = (tried != null && tried.answers() == answers) ? 2 * tried.parts() : 2;
		claims.forEach(this.settlement::giveBack);
		return new Suspects(claims.stream().map(Claim::write).toList(), parts, answers, suspicion);
	}

	private void giveBackRest(List<Claim> batch, @Nullable Suspects tried, BatchTally tally) {
		List<Claim> rest = batch.stream().filter((claim) -> !claim.hasEnded() && !claim.isRevoked()).toList();
		if (rest.isEmpty()) {
			return;
		}
		rest.forEach(this.settlement::giveBack);
		List<PendingWrite> writes = rest.stream().map(Claim::write).toList();
		if (tried == null) {
			tally.untried(writes);
		}
		else {
			tally.suspected(List.of(tried.of(writes)));
		}
	}

	/**
	 * Settle writes whose rows were changed by the application itself, without a call of
	 * the store: it might not notice.
	 * @param claims the writes
	 * @param tally counts what becomes of them
	 * @return the others
	 */
	private List<Claim> notOvertaken(List<Claim> claims, BatchTally tally) {
		if (claims.stream().noneMatch(Claim::isOvertaken)) {
			return claims;
		}
		for (Claim claim : claims) {
			if (claim.isOvertaken()) {
				Failed failed = new Failed(
						new OptimisticLockingFailureException("The row was changed without the cache"), 0);
				this.counters.failedAttempts.increment();
				conflict(claim, failed, new Finding(Verdict.ROWS, new Suspicion(failed.failure().words())), tally);
			}
		}
		return claims.stream().filter((claim) -> !claim.isOvertaken()).toList();
	}

	// ---- Single rows ----

	private void rowFailed(Claim claim, Failed failed, Finding finding, BatchTally tally) {
		this.counters.failedAttempts.increment();
		if (isOverwriting(claim, failed.kind())) {
			overwrite(claim, tally);
		}
		else if (failed.kind() == FailureKind.CONFLICT && !claim.isDelete()) {
			conflict(claim, failed, finding, tally);
		}
		else {
			refused(claim, failed, finding, tally);
		}
	}

	/**
	 * Return whether a put fails because of a row that its key's last delete would have
	 * removed, had it been stored.
	 * @param claim the claim
	 * @param kind how it failed: as a conflict, or maybe as a duplicate
	 * @return whether it may be written over the row
	 */
	private static boolean isOverwriting(Claim claim, FailureKind kind) {
		return !claim.isDelete() && claim.write().isOverwriting()
				&& (kind == FailureKind.CONFLICT || kind == FailureKind.REFUSED);
	}

	private void conflict(Claim claim, Failed failed, Finding finding, BatchTally tally) {
		switch (this.onConflict) {
			case DEAD_LETTER -> giveUp(claim, failed, attempted(claim, failed, finding), tally);
			case STORE_WINS -> this.settlement.lost(claim, tally);
			case CACHE_WINS -> overwrite(claim, tally);
		}
	}

	/**
	 * Write over what another writer left. If that one is faster once more, it is tried
	 * again later.
	 * @param claim the write
	 * @param tally counts what becomes of it
	 */
	private void overwrite(Claim claim, BatchTally tally) {
		Map<Object, Object> stored;
		long begun = this.evidence.begin();
		long start = System.nanoTime();
		try {
			stored = this.calls.overwrite(claim);
		}
		catch (Throwable ex) {
			if (claim.isRevoked()) {
				return;
			}
			Failed failed = new Failed(ex, System.nanoTime() - start);
			refused(claim, failed, judge(List.of(claim), failed, null, tally), tally);
			return;
		}
		written(List.of(claim), stored, begun, true, tally);
	}

	/**
	 * Try a write again, or give it up.
	 * @param claim the write
	 * @param failed how it failed
	 * @param finding whose fault that is: what is not the row's is tried without a limit
	 * @param tally counts what becomes of it
	 */
	private void refused(Claim claim, Failed failed, Finding finding, BatchTally tally) {
		Attempts attempts = attempted(claim, failed, finding);
		boolean tooOften = finding.verdict() == Verdict.ROWS && attempts.refusals() >= this.retry.maxAttempts();
		if (tooOften && !isEarly(claim, failed, attempts)) {
			giveUp(claim, failed, attempts, tally);
		}
		else {
			retryLater(claim, tally);
		}
	}

	private boolean isEarly(Claim claim, Failed failed, Attempts attempts) {
		if (failed.kind() == FailureKind.REFUSED) {
			return this.settlement.isEarly(claim);
		}
		return failed.kind().isOfStore() && attempts.nanos() < PATIENCE;
	}

	private void retryLater(Claim claim, BatchTally tally) {
		this.counters.retried.increment();
		this.settlement.giveBack(claim);
		tally.failed(claim.write());
	}

	private void giveUp(Claim claim, Failed failed, Attempts attempts, BatchTally tally) {
		boolean superseded = this.settlement.isCoalescing() && claim.write().newer() != null;
		DeadLetter.Kind kind = (failed.kind() == FailureKind.CONFLICT) ? DeadLetter.Kind.CONFLICT
				: DeadLetter.Kind.REFUSED;
		if (superseded || !this.settlement.deadLetter(claim, kind, failed.thrown(), attempts, tally)) {
			this.settlement.giveBack(claim);
			tally.failed(claim.write());
		}
	}

	private Attempts attempted(Claim claim, Failed failed, Finding finding) {
		PendingWrite write = claim.write();
		Attempts before = write.attempts();
		Attempts attempts = ((before != null) ? before : Attempts.none(this.retry)).failed(
				this.settlement.clock().instant(), System.nanoTime(), failed.took(), finding.verdict() == Verdict.ROWS,
				failed.kind().isOfValue(), finding.suspicion());
		write.attempts(attempts);
		return attempts;
	}

	/**
	 * A call that failed.
	 *
	 * @param thrown what the store threw
	 * @param failure what that says
	 * @param took how long the call took, in nanoseconds
	 */
	private record Failed(Throwable thrown, StoreFailure failure, long took) {

		Failed(Throwable thrown, long took) {
			this(thrown, StoreFailure.of(thrown), took);
		}

		FailureKind kind() {
			return this.failure.kind();
		}

	}

}
