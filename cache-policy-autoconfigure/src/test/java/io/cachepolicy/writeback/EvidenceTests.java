package io.cachepolicy.writeback;

import java.util.List;
import java.util.stream.IntStream;

import io.cachepolicy.writeback.Evidence.Finding;
import io.cachepolicy.writeback.Evidence.Verdict;
import io.cachepolicy.writeback.StoreFailure.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Evidence}, call by call.
 */
class EvidenceTests {

	private final Evidence evidence = new Evidence();

	private final List<PendingWrite> writes = IntStream.range(0, 10)
		.mapToObj((key) -> new PendingWrite(key, "value", null, key + 1, 0))
		.toList();

	private Finding fail(FailureKind kind, String words, @Nullable Suspicion before, int from, int to) {
		return this.evidence.judge(this.writes.subList(from, to), false,
				new StoreFailure(kind, new Words("type", words)), before);
	}

	private Verdict fail(FailureKind kind, int from, int to) {
		return fail(kind, "same", null, from, to).verdict();
	}

	private Finding failAlone(FailureKind kind, @Nullable Suspicion before) {
		return this.evidence.judge(this.writes.subList(0, 1), true, new StoreFailure(kind, new Words("type", "same")),
				before);
	}

	private void answer() {
		this.evidence.answered(this.evidence.begin(), true);
	}

	@ParameterizedTest
	@EnumSource(names = { "REFUSED", "CONFLICT" })
	@DisplayName("F5: what says something of a value is the rows', however many it meets")
	void failureOfValuesIsOfTheRows(FailureKind kind) {
		for (int i = 0; i < 10; i++) {
			assertThat(fail(kind, i, i + 1)).isEqualTo(Verdict.ROWS);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BUSY", "TIMEOUT" })
	@DisplayName("F5: what may be due to others counts against no row, and says nothing of the store")
	void failureByOthersCountsAgainstNoRow(FailureKind kind) {
		for (int i = 0; i < 10; i++) {
			assertThat(fail(kind, i, i + 1)).isEqualTo(Verdict.ROWS_UNPROVEN);
			answer();
		}
		assertThat(failAlone(kind, null).verdict()).isEqualTo(Verdict.ROWS_UNPROVEN);
	}

	@ParameterizedTest
	@EnumSource(names = { "RESOURCE", "UNWRITABLE" })
	@DisplayName("F5: what meets a batch and both of its halves in the same words is the store's")
	void failureOfBothHalvesIsOfTheStore(FailureKind kind) {
		Verdict ofStore = (kind == FailureKind.RESOURCE) ? Verdict.RESOURCE : Verdict.STORE;
		assertThat(fail(kind, 0, 10)).isEqualTo(Verdict.ROWS);
		assertThat(fail(kind, 0, 5)).isEqualTo(Verdict.ROWS);
		assertThat(fail(kind, 5, 10)).isEqualTo(ofStore);
		assertThat(fail(kind, 5, 6)).as("a probe").isEqualTo(ofStore);
		answer();
		assertThat(fail(kind, 5, 6)).isEqualTo(Verdict.ROWS_UNPROVEN);
	}

	@ParameterizedTest
	@EnumSource(names = { "RESOURCE", "UNWRITABLE" })
	@DisplayName("F5: a row that fails alone, with nothing to compare with, is believed")
	void failureOfTheOnlyRowIsOfTheStore(FailureKind kind) {
		Verdict ofStore = (kind == FailureKind.RESOURCE) ? Verdict.RESOURCE : Verdict.STORE;
		assertThat(failAlone(kind, null).verdict()).isEqualTo(ofStore);
		assertThat(failAlone(FailureKind.UNCLEAR, null).verdict()).isEqualTo(Verdict.ROWS);
	}

	@Test
	@DisplayName("F5: what nobody knows has to meet more rows until it is the store's")
	void unclearFailureHasToMeetMoreRows() {
		assertThat(fail(FailureKind.UNCLEAR, 0, 10)).isEqualTo(Verdict.ROWS);
		assertThat(fail(FailureKind.UNCLEAR, 0, 2)).isEqualTo(Verdict.ROWS);
		assertThat(fail(FailureKind.UNCLEAR, 2, 4)).isEqualTo(Verdict.ROWS);
		assertThat(fail(FailureKind.UNCLEAR, 4, 6)).isEqualTo(Verdict.ROWS);
		assertThat(fail(FailureKind.UNCLEAR, 6, 7)).isEqualTo(Verdict.STORE);
	}

	@Test
	@DisplayName("F5: the first attempt of a single row does not count where others have just met the same")
	void firstAttemptThatMeetsWhatOthersMetIsUnproven() {
		assertThat(fail(FailureKind.UNCLEAR, 9, 10)).isEqualTo(Verdict.ROWS);
		answer();
		assertThat(fail(FailureKind.UNCLEAR, 0, 4)).isEqualTo(Verdict.ROWS);
		Finding first = fail(FailureKind.UNCLEAR, "same", null, 9, 10);
		assertThat(first.verdict()).isEqualTo(Verdict.ROWS_UNPROVEN);
		assertThat(fail(FailureKind.UNCLEAR, "same", first.suspicion(), 9, 10).verdict()).isEqualTo(Verdict.ROWS);
	}

	@Test
	@DisplayName("F5: other words, or something stored in between, say nothing of the store")
	void failuresInOtherWordsAreNotAlike() {
		assertThat(fail(FailureKind.RESOURCE, "one", null, 0, 2).verdict()).isEqualTo(Verdict.ROWS);
		assertThat(fail(FailureKind.RESOURCE, "two", null, 2, 4).verdict()).isEqualTo(Verdict.ROWS);
		assertThat(fail(FailureKind.RESOURCE, "one", null, 4, 6).verdict()).isEqualTo(Verdict.ROWS);
		answer();
		assertThat(fail(FailureKind.RESOURCE, "one", null, 6, 8).verdict()).isEqualTo(Verdict.ROWS);
		assertThat(fail(FailureKind.REFUSED, "value", null, 8, 9).verdict()).isEqualTo(Verdict.ROWS);
		assertThat(fail(FailureKind.RESOURCE, "one", null, 0, 2).verdict()).isEqualTo(Verdict.ROWS);
		assertThat(fail(FailureKind.RESOURCE, "one", null, 2, 4).verdict()).isEqualTo(Verdict.RESOURCE);
	}

	@Test
	@DisplayName("F5: a failure that follows a row, while others are stored after it, is the row's")
	void failureThatFollowsARowIsOfTheRow() {
		Finding whole = fail(FailureKind.RESOURCE, "same", null, 0, 10);
		Finding half = fail(FailureKind.RESOURCE, "same", whole.suspicion(), 0, 5);
		answer();
		Finding row = fail(FailureKind.RESOURCE, "same", half.suspicion(), 0, 1);
		assertThat(row.verdict()).as("once may be the end of an outage").isEqualTo(Verdict.ROWS_UNPROVEN);
		answer();
		Finding again = fail(FailureKind.RESOURCE, "same", row.suspicion(), 0, 1);
		assertThat(again.verdict()).isEqualTo(Verdict.ROWS);
		assertThat(fail(FailureKind.RESOURCE, "other words", again.suspicion(), 0, 1).verdict())
			.isEqualTo(Verdict.ROWS_UNPROVEN);
	}

	@Test
	@DisplayName("F5: a row is cleared when others meet the same")
	void rowIsClearedWhenOthersMeetTheSame() {
		Finding row = fail(FailureKind.RESOURCE, "same", null, 0, 1);
		answer();
		row = fail(FailureKind.RESOURCE, "same", row.suspicion(), 0, 1);
		answer();
		row = fail(FailureKind.RESOURCE, "same", row.suspicion(), 0, 1);
		assertThat(row.verdict()).isEqualTo(Verdict.ROWS);
		Finding other = fail(FailureKind.RESOURCE, "same", null, 1, 2);
		assertThat(other.verdict()).isEqualTo(Verdict.RESOURCE);
		answer();
		assertThat(fail(FailureKind.RESOURCE, "same", row.suspicion(), 0, 1).verdict())
			.isEqualTo(Verdict.ROWS_UNPROVEN);
	}

	@Test
	@DisplayName("F5: one success of others is enough against a row that is left alone")
	void rowThatIsLeftAloneIsAtFaultAfterOneSuccess() {
		Finding row = fail(FailureKind.RESOURCE, "same", null, 0, 1);
		answer();
		assertThat(failAlone(FailureKind.RESOURCE, row.suspicion()).verdict()).isEqualTo(Verdict.ROWS);
	}

	@Test
	@DisplayName("F5: a call that began before a failure says nothing of it")
	void callThatBeganBeforeSaysNothing() {
		long begun = this.evidence.begin();
		Finding row = fail(FailureKind.RESOURCE, "same", null, 0, 1);
		this.evidence.answered(begun, true);
		assertThat(failAlone(FailureKind.RESOURCE, row.suspicion()).verdict()).isEqualTo(Verdict.RESOURCE);
	}

	@Test
	void failureBeforeAnyRowWasAskedAboutIsJudgedAtOnce() {
		assertThat(fail(FailureKind.UNSERVED, 0, 10)).isEqualTo(Verdict.UNSERVED);
		assertThat(fail(FailureKind.UNREACHABLE, 0, 10)).isEqualTo(Verdict.RESOURCE);
	}

	@Test
	void answersAreCounted() {
		assertThat(this.evidence.answers()).isZero();
		answer();
		assertThat(this.evidence.answers()).isOne();
	}

}
