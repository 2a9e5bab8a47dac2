package io.cachepolicy.writeback;

import java.time.Duration;

import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.writeback.Settlement.AfterClaim;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of the writes of one batch. Used by one thread.
 */
final class BatchTally implements AfterClaim {

	private final AfterClaim delegate;

	private final int size;

	private int written;

	private int deadLettered;

	private int pending;

	BatchTally(int size, AfterClaim delegate) {
		this.size = size;
		this.delegate = delegate;
	}

	@Override
	public void waiting(PendingWrite write, boolean failed) {
		if (failed) {
			this.pending++;
		}
		this.delegate.waiting(write, failed);
	}

	@Override
	public void written() {
		this.written++;
	}

	@Override
	public void deadLettered() {
		this.deadLettered++;
	}

	FlushListener.Result result(Duration duration, @Nullable Throwable failure) {
		boolean away = failure != null && StoreFailure.of(failure) == StoreFailure.AWAY;
		return new FlushListener.Result(this.size, this.written, this.deadLettered, this.pending, duration, failure,
				away);
	}

}
