package io.cachepolicy.writeback;

import java.util.Collection;
import java.util.List;

import io.cachepolicy.writeback.Evidence.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of the writes of one batch, and passes on those that wait again.
 * Used by one thread.
 */
final class BatchTally implements Settlement.AfterClaim {

	private final int size;

	private final ReturnedWrites returned;

	private int written;

	private int deadLettered;

	private int pending;

	private boolean answered;

	private boolean asked;

	private boolean timedOut;

	private @Nullable Throwable failure;

	private @Nullable Verdict verdict;

	private @Nullable Throwable unpublished;

	BatchTally(int size, ReturnedWrites returned) {
		this.size = size;
		this.returned = returned;
	}

	@Override
	public void next(PendingWrite write) {
		this.returned.next(write);
	}

	@Override
	public void written() {
		this.answered = true;
		this.written++;
	}

	@Override
	public void deadLettered() {
		this.deadLettered++;
	}

	void untried(List<PendingWrite> writes) {
		this.pending += writes.size();
		this.returned.untried(writes);
	}

	void suspected(Collection<Suspects> groups) {
		for (Suspects group : groups) {
			this.pending += group.writes().size();
			this.returned.suspected(group);
		}
	}

	void failed(PendingWrite write) {
		this.pending++;
		this.returned.failed(write);
	}

	/**
	 * Note that something that was stored could not be published.
	 * @param thrown what was thrown
	 */
	void unpublished(Throwable thrown) {
		this.unpublished = thrown;
	}

	/**
	 * Note a call that failed.
	 * @param thrown what the store threw
	 * @param kind what that says
	 * @param decided whose fault it is
	 */
	void failed(Throwable thrown, FailureKind kind, Verdict decided) {
		this.failure = thrown;
		this.verdict = decided;
		this.asked |= kind != FailureKind.UNREACHABLE && decided != Verdict.UNSERVED;
		this.timedOut |= kind == FailureKind.TIMEOUT;
		this.answered |= kind == FailureKind.REFUSED || kind == FailureKind.CONFLICT || kind == FailureKind.BUSY;
	}

	BatchReport report() {
		return new BatchReport(this.size, this.written, this.deadLettered, this.pending, this.answered, this.asked,
				this.timedOut, this.failure, this.verdict, this.unpublished);
	}

}
