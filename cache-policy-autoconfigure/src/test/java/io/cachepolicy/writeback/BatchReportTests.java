package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.writeback.Evidence.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BatchReport} and {@link FailureKind}.
 */
class BatchReportTests {

	private static final Duration TIME = Duration.ofMillis(3);

	private final RuntimeException failure = new IllegalStateException("failed");

	private final RuntimeException unpublished = new IllegalStateException("not published");

	private BatchReport report(int written, @Nullable Verdict verdict) {
		return new BatchReport(10, written, 2, 3, true, true, false, (verdict != null) ? this.failure : null, verdict,
				this.unpublished);
	}

	@ParameterizedTest
	@EnumSource(Verdict.class)
	@DisplayName("W9: a store that is away, or has no connection, is a failure of the flush, a row at fault is not")
	void failureOfTheStoreIsToldAndThatOfARowIsNot(Verdict verdict) {
		boolean away = Set.of(Verdict.STORE, Verdict.RESOURCE).contains(verdict);
		Throwable told = (away || verdict == Verdict.UNSERVED) ? this.failure : this.unpublished;
		assertThat(report(5, verdict).result(TIME)).isEqualTo(new FlushListener.Result(10, 5, 2, 3, TIME, told, away));
	}

	@Test
	void batchWithoutAFailureTellsWhatWasNotPublished() {
		assertThat(report(5, null).result(TIME))
			.isEqualTo(new FlushListener.Result(10, 5, 2, 3, TIME, this.unpublished, false));
	}

	@Test
	void nothingIsKnownOfABatchThatEndedInAnUnknownWay() {
		BatchReport unknown = BatchReport.unknown(7);
		assertThat(unknown.result(TIME)).isEqualTo(new FlushListener.Result(7, 0, 0, 0, TIME, null, false));
		assertThat(unknown.stored()).isFalse();
		assertThat(unknown.answered()).isFalse();
		assertThat(report(1, null).stored()).isTrue();
		assertThat(report(0, null).stored()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(FailureKind.class)
	@DisplayName("F1: a failure is that of a value, that of the store, or not to be told by itself")
	void failureIsOfAValueOrOfTheStore(FailureKind kind) {
		assertThat(kind.isOfValue()).isEqualTo(EnumSet.of(FailureKind.REFUSED, FailureKind.CONFLICT).contains(kind));
		assertThat(kind.isOfStore())
			.isEqualTo(EnumSet.of(FailureKind.RESOURCE, FailureKind.UNWRITABLE, FailureKind.READ_ONLY).contains(kind));
	}

}
