package io.cachepolicy.writeback;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.PartialWriteException;
import io.cachepolicy.cache.BackingStore;
import io.cachepolicy.cache.DeferredWrites;
import io.cachepolicy.cache.WriteBackSpec;
import io.cachepolicy.writeback.PendingWrite.State;
import io.cachepolicy.writeback.PendingWrites.Claim;
import org.jspecify.annotations.Nullable;

/**
 * Hands claimed writes to the store and settles each claim by the answer. Used by the
 * flusher's thread alone.
 * <p>
 * Writes go to the store in the order of their acceptance: a batch is cut where puts and
 * deletes alternate. If the store refuses a call, the call is halved until the refused
 * row stands alone, so that its neighbours are stored in the same flush.
 */
final class BatchWriter {

	private final BackingStore store;

	private final PendingWrites pending;

	private final FlushRequests requests;

	private final DeadLetters deadLetters;

	private final DeferredWrites.Listener listener;

	private final WriteBackSpec.Retry retry;

	private final Clock clock;

	BatchWriter(BackingStore store, PendingWrites pending, FlushRequests requests, DeadLetters deadLetters,
			DeferredWrites.Listener listener, WriteBackSpec.Retry retry, Clock clock) {
		this.store = store;
		this.pending = pending;
		this.requests = requests;
		this.deadLetters = deadLetters;
		this.listener = listener;
		this.retry = retry;
		this.clock = clock;
	}

	/**
	 * Write a batch.
	 * @param batch the claims, all of which are settled when this method ends
	 * @param after told of writes that wait again
	 * @throws StoreAwayException if the store is away
	 */
	void write(List<Claim> batch, AfterClaim after) {
		batch.sort(Comparator.comparingLong((claim) -> claim.write().sequence()));
		try {
			for (List<Claim> run : runs(batch)) {
				store(run, after);
			}
		}
		finally {
			batch.stream()
				.filter((claim) -> claim.write().state() == State.IN_FLIGHT)
				.forEach((claim) -> giveBack(claim, after));
		}
	}

	private List<List<Claim>> runs(List<Claim> batch) {
		List<List<Claim>> runs = new ArrayList<>();
		int start = 0;
		for (int i = 1; i <= batch.size(); i++) {
			if (i == batch.size() || isDelete(batch.get(i)) != isDelete(batch.get(start))) {
				runs.add(batch.subList(start, i));
				start = i;
			}
		}
		return runs;
	}

	private void store(List<Claim> claims, AfterClaim after) {
		Map<Object, Object> stored;
		try {
			stored = call(claims);
		}
		catch (PartialWriteException ex) {
			storeRest(claims, ex, after);
			return;
		}
		catch (Throwable ex) {
			refused(claims, ex, after);
			return;
		}
		this.listener.onStoreChanged();
		claims.forEach((claim) -> written(claim, stored.get(claim.key()), after));
	}

	private Map<Object, Object> call(List<Claim> claims) {
		if (isDelete(claims.get(0))) {
			this.store.deleteAll(claims.stream().map(Claim::key).toList());
			return Map.of();
		}
		Map<Object, Object> entries = new LinkedHashMap<>();
		claims.forEach((claim) -> entries.put(claim.key(), claim.value()));
		return this.store.flushAll(entries);
	}

	private void storeRest(List<Claim> claims, PartialWriteException failure, AfterClaim after) {
		this.listener.onStoreChanged();
		Set<Object> keys = failure.getWrittenKeys();
		List<Claim> rest = new ArrayList<>();
		for (Claim claim : claims) {
			if (keys.contains(claim.key())) {
				written(claim, null, after);
			}
			else {
				rest.add(claim);
			}
		}
		if (!rest.isEmpty()) {
			Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
			refused(rest, cause, after);
		}
	}

	private void refused(List<Claim> claims, Throwable failure, AfterClaim after) {
		StoreFailure kind = StoreFailure.of(failure);
		if (kind == StoreFailure.AWAY) {
			throw new StoreAwayException(failure);
		}
		if (claims.size() > 1) {
			int half = claims.size() / 2;
			store(claims.subList(0, half), after);
			store(claims.subList(half, claims.size()), after);
		}
		else {
			refused(claims.get(0), failure, kind, after);
		}
	}

	private void refused(Claim claim, Throwable cause, StoreFailure kind, AfterClaim after) {
		PendingWrite write = claim.write();
		Failure failure = write.failure();
		if (failure == null) {
			failure = new Failure(Flusher.backOff(this.retry).start(), this.clock.instant());
			write.failure(failure);
		}
		failure.attempted(System.nanoTime());
		boolean hopeless = kind == StoreFailure.CONFLICT
				|| (kind == StoreFailure.REFUSED && failure.attempts() >= this.retry.maxAttempts());
		boolean superseded = this.pending.isCoalescing() && write.newer() != null;
		if (hopeless && !superseded) {
			this.deadLetters.add(claim, cause, failure.attempts(), failure.first());
			this.requests.failed(write);
			leave(claim, after);
			this.listener.onDeadLetter(claim.key());
		}
		else {
			giveBack(claim, after);
		}
	}

	private void written(Claim claim, @Nullable Object stored, AfterClaim after) {
		if (stored != null) {
			// Who still finds the write pending is to see what the store made of it
			claim.write().value(stored);
		}
		this.listener.onWritten(claim.key(), claim.value(), stored);
		this.requests.written(claim.write());
		leave(claim, after);
	}

	private void leave(Claim claim, AfterClaim after) {
		PendingWrite next = this.pending.complete(claim);
		if (next != null) {
			after.waiting(next, false);
		}
	}

	private void giveBack(Claim claim, AfterClaim after) {
		this.pending.giveBack(claim);
		after.waiting(claim.write(), true);
	}

	private static boolean isDelete(Claim claim) {
		return claim.value() == DeferredWrites.DELETED;
	}

	/**
	 * Told of writes that wait again after a claim on their key ended.
	 */
	@FunctionalInterface
	interface AfterClaim {

		/**
		 * A write waits.
		 * @param write the write
		 * @param failed whether it was tried and given back, and did not just become the
		 * oldest of its key
		 */
		void waiting(PendingWrite write, boolean failed);

	}

}
