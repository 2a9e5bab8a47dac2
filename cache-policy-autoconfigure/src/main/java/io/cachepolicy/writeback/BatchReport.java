package io.cachepolicy.writeback;

import java.time.Duration;

import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.writeback.Evidence.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * How a batch went.
 *
 * @param size how many writes the batch had
 * @param written how many are in the store
 * @param deadLettered how many became dead letters
 * @param pending how many are pending again
 * @param answered whether the store did something, or refused a value or a row
 * @param asked whether the store was asked about a row
 * @param timedOut whether a call took too long for the store
 * @param failure what ended the batch early, {@code null} if nothing did
 * @param verdict whose fault that was, {@code null} if there was no failure
 * @param unpublished what was thrown when a stored write was published, {@code null} if
 * nothing was
 */
record BatchReport(int size, int written, int deadLettered, int pending, boolean answered, boolean asked,
		boolean timedOut, @Nullable Throwable failure, @Nullable Verdict verdict, @Nullable Throwable unpublished) {

	/**
	 * Report a batch of which nothing is known.
	 * @param size how many writes the batch had
	 * @return the report
	 */
	static BatchReport unknown(int size) {
		return new BatchReport(size, 0, 0, 0, false, false, false, null, null, null);
	}

	boolean stored() {
		return this.written > 0;
	}

	/**
	 * Return what is told of the batch. That rows are at fault is no failure of the
	 * flush.
	 * @param duration how long it took
	 * @return the result
	 */
	FlushListener.Result result(Duration duration) {
		boolean away = this.verdict == Verdict.STORE || this.verdict == Verdict.RESOURCE;
		return new FlushListener.Result(this.size, this.written, this.deadLettered, this.pending, duration,
				(away || this.verdict == Verdict.UNSERVED) ? this.failure : this.unpublished, away);
	}

}
