package io.cachepolicy.writeback;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PartialWriteException;
import io.cachepolicy.cache.WriteStatus;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.writeback.Settlement.AfterClaim;

/**
 * Hands a batch of claims to the store, and settles each claim by what the store does.
 * <p>
 * Writes reach the store in the order in which they were accepted, as runs of writes that
 * can share a call: puts or deletes, of one context where that matters. A run that is
 * refused is bisected, so that only the writes that cause it fail. If the store is away,
 * all claims that are left are given back, and the caller pauses. Used by one thread per
 * batch.
 */
final class BatchWriter {

	private final StoreCalls calls;

	private final Settlement settlement;

	private final WriteCounters counters;

	private final WriteBackSpec.Retry retry;

	private final OnConflict onConflict;

	BatchWriter(StoreCalls calls, Settlement settlement, WriteCounters counters, WriteBackSpec spec) {
		this.calls = calls;
		this.settlement = settlement;
		this.counters = counters;
		this.retry = spec.retry();
		this.onConflict = spec.onConflict();
	}

	/**
	 * Write a batch.
	 * @param batch the claims, all of which are settled when this method ends
	 * @param after told of writes that wait again
	 * @throws StoreAwayException if the store is away
	 */
	void write(List<Claim> batch, AfterClaim after) {
		batch.sort(Comparator.comparingLong(Claim::position));
		try {
			for (List<Claim> run : runs(batch)) {
				store(run, after);
			}
		}
		finally {
			batch.stream()
				.filter((claim) -> !claim.hasEnded())
				.forEach((claim) -> this.settlement.giveBack(claim, after));
		}
	}

	private List<List<Claim>> runs(List<Claim> batch) {
		List<List<Claim>> runs = new ArrayList<>();
		int start = 0;
		for (int i = 1; i <= batch.size(); i++) {
			if (i == batch.size() || batch.get(i).isDelete() != batch.get(start).isDelete()) {
				runs.addAll(this.calls.group(batch.subList(start, i)));
				start = i;
			}
		}
		return runs;
	}

	private void store(List<Claim> claims, AfterClaim after) {
		Map<Object, Object> stored;
		try {
			stored = this.calls.write(claims);
		}
		catch (PartialWriteException ex) {
			storeRest(claims, ex, after);
			return;
		}
		catch (Throwable ex) {
			refused(claims, ex, after);
			return;
		}
		written(claims, stored, after);
	}

	private void written(List<Claim> claims, Map<Object, Object> stored, AfterClaim after) {
		this.settlement.storeChanged(claims);
		List<RuntimeException> failures = new ArrayList<>();
		for (Claim claim : claims) {
			try {
				this.settlement.written(claim, stored.get(claim.key()), after);
			}
			catch (RuntimeException ex) {
				failures.add(ex);
			}
		}
		if (!failures.isEmpty()) {
			throw failures.get(0);
		}
	}

	private void storeRest(List<Claim> claims, PartialWriteException failure, AfterClaim after) {
		Set<Object> keys = failure.getWrittenKeys();
		List<Claim> rest = claims.stream().filter((claim) -> !keys.contains(claim.key())).toList();
		written(claims.stream().filter((claim) -> keys.contains(claim.key())).toList(), Map.of(), after);
		if (!rest.isEmpty()) {
			Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
			refused(rest, cause, after);
		}
	}

	private void refused(List<Claim> claims, Throwable failure, AfterClaim after) {
		this.counters.lastFailure = new WriteStatus.LastFailure(failure, this.settlement.clock().instant());
		StoreFailure kind = StoreFailure.of(failure);
		if (kind == StoreFailure.AWAY) {
			throw new StoreAwayException(failure);
		}
		if (claims.size() > 1) {
			int half = claims.size() / 2;
			store(claims.subList(0, half), after);
			store(claims.subList(half, claims.size()), after);
			return;
		}
		this.counters.failedAttempts.increment();
		if (isOverwriting(claims.get(0), kind)) {
			overwrite(claims.get(0), after);
		}
		else if (kind == StoreFailure.CONFLICT && !claims.get(0).isDelete()) {
			conflict(claims.get(0), failure, after);
		}
		else {
			refused(claims.get(0), kind, failure, after);
		}
	}

	/**
	 * Return whether a put fails because of a row that its key's last delete would have
	 * removed, had it been stored.
	 * @param claim the claim
	 * @param kind how it failed: as a conflict, or at first as a duplicate
	 * @return whether it may be written over the row
	 */
	private static boolean isOverwriting(Claim claim, StoreFailure kind) {
		boolean mayBeDuplicate = kind == StoreFailure.REFUSED && claim.write().attempts() == null;
		return !claim.isDelete() && claim.write().isOverwriting() && (kind == StoreFailure.CONFLICT || mayBeDuplicate);
	}

	private void conflict(Claim claim, Throwable cause, AfterClaim after) {
		switch (this.onConflict) {
			case DEAD_LETTER -> failed(claim, DeadLetter.Kind.CONFLICT, cause, attempted(claim, true), after);
			case STORE_WINS -> this.settlement.lost(claim, after);
			case CACHE_WINS -> overwrite(claim, after);
		}
	}

	/**
	 * Write over what another writer left. If that one is faster once more, it is tried
	 * again later.
	 * @param claim the write
	 * @param after told of writes that wait again
	 */
	private void overwrite(Claim claim, AfterClaim after) {
		Map<Object, Object> stored;
		try {
			stored = this.calls.overwrite(claim);
		}
		catch (Throwable ex) {
			StoreFailure kind = StoreFailure.of(ex);
			if (kind == StoreFailure.AWAY) {
				throw new StoreAwayException(ex);
			}
			refused(claim, kind, ex, after);
			return;
		}
		written(List.of(claim), stored, after);
	}

	/**
	 * Try a write again, or give it up.
	 * @param claim the write
	 * @param kind how it failed: what met another call is tried without a limit
	 * @param cause why the store refused it
	 * @param after told of writes that wait again
	 */
	private void refused(Claim claim, StoreFailure kind, Throwable cause, AfterClaim after) {
		boolean counts = kind != StoreFailure.BUSY;
		Attempts attempts = attempted(claim, counts);
		if (counts && attempts.refusals() >= this.retry.maxAttempts()) {
			failed(claim, (kind == StoreFailure.CONFLICT) ? DeadLetter.Kind.CONFLICT : DeadLetter.Kind.REFUSED, cause,
					attempts, after);
		}
		else {
			this.counters.retried.increment();
			this.settlement.giveBack(claim, after);
		}
	}

	private void failed(Claim claim, DeadLetter.Kind kind, Throwable cause, Attempts attempts, AfterClaim after) {
		boolean superseded = this.settlement.isCoalescing() && claim.write().newer() != null;
		if (superseded) {
			this.settlement.giveBack(claim, after);
		}
		else {
			this.settlement.deadLetter(claim, kind, cause, attempts, after);
		}
	}

	private Attempts attempted(Claim claim, boolean counts) {
		PendingWrite write = claim.write();
		Attempts attempts = write.attempts();
		if (attempts == null) {
			attempts = new Attempts(Pauses.of(this.retry).start(), this.settlement.clock().instant());
			write.attempts(attempts);
		}
		attempts.failed(System.nanoTime(), counts);
		return attempts;
	}

}
