package io.cachepolicy.writeback;

import io.cachepolicy.writeback.Evidence.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FlushEnds}.
 */
class FlushEndsTests {

	private final FlushEnds ends = new FlushEnds(20);

	private void stored(boolean youngest, int size) {
		this.ends.ended(youngest, size, report(size, false, null));
	}

	private void failed(boolean youngest, int size, Verdict verdict) {
		this.ends.ended(youngest, size, report(0, false, verdict));
	}

	private static BatchReport report(int written, boolean timedOut, @Nullable Verdict verdict) {
		return new BatchReport(20, written, 0, 20 - written, true, true, timedOut,
				(verdict != null) ? new IllegalStateException() : null, verdict, null);
	}

	private int takeYoungest() {
		return this.ends.takeYoungest(100);
	}

	/**
	 * Return how many batches are taken from the oldest before the next one of the
	 * youngest.
	 * @return the number
	 */
	private int rest() {
		int rest = 0;
		while (takeYoungest() == 0) {
			rest++;
			assertThat(rest).isLessThan(100);
		}
		return rest;
	}

	@Test
	void oldestAreTakenAsARule() {
		assertThat(takeYoungest()).isZero();
		stored(false, 20);
		assertThat(takeYoungest()).isZero();
		assertThat(this.ends.size()).isEqualTo(20);
	}

	@Test
	@DisplayName("W8: after rows at fault the youngest come next, and then every other time, ever more of them")
	void youngestComeNextAfterRowsAtFault() {
		failed(false, 20, Verdict.ROWS);
		assertThat(takeYoungest()).isOne();
		stored(true, 1);
		failed(false, 20, Verdict.ROWS_UNPROVEN);
		assertThat(rest()).isOne();
		stored(true, 1);
		assertThat(rest()).isOne();
		stored(true, 2);
		takeYoungest();
		assertThat(takeYoungest()).isEqualTo(8);
		for (int i = 0; i < 5; i++) {
			stored(true, 8);
		}
		takeYoungest();
		assertThat(takeYoungest()).isEqualTo(20);
	}

	@Test
	@DisplayName("W8: no second thread takes from the youngest beside the first one")
	void youngestAreTakenOnceAtATime() {
		failed(false, 20, Verdict.ROWS);
		assertThat(takeYoungest()).isOne();
		assertThat(takeYoungest()).isZero();
	}

	@Test
	@DisplayName("W8: youngest that are at fault too rest ever longer, until one of them is stored")
	void youngestAtFaultRest() {
		failed(false, 20, Verdict.ROWS);
		assertThat(rest()).isZero();
		for (int expected : new int[] { 2, 4, 8, 8 }) {
			failed(true, 1, Verdict.ROWS_UNPROVEN);
			assertThat(rest()).isEqualTo(expected);
		}
		stored(true, 1);
		assertThat(rest()).isOne();
	}

	@Test
	@DisplayName("W8: a new write ends the rest of the youngest after one more batch")
	void youngestThatWereNotThereDoNotRest() {
		failed(false, 20, Verdict.ROWS);
		takeYoungest();
		failed(true, 1, Verdict.ROWS);
		failed(true, 1, Verdict.ROWS);
		assertThat(takeYoungest()).isZero();
		assertThat(this.ends.takeYoungest(101)).isZero();
		assertThat(this.ends.takeYoungest(101)).isOne();
	}

	@Test
	void oldestThatAreStoredEndIt() {
		failed(false, 20, Verdict.ROWS);
		stored(false, 20);
		assertThat(takeYoungest()).isZero();
		failed(false, 20, Verdict.ROWS);
		assertThat(takeYoungest()).isOne();
	}

	@Test
	@DisplayName("W8: an outage says nothing of rows")
	void outageIsNoFaultOfRows() {
		failed(false, 20, Verdict.STORE);
		assertThat(takeYoungest()).isZero();
		failed(false, 20, Verdict.ROWS);
		failed(false, 20, Verdict.RESOURCE);
		assertThat(takeYoungest()).isOne();
	}

	@Test
	void batchThatTakesTooLongIsHalved() {
		this.ends.ended(false, 20, report(0, true, Verdict.ROWS_UNPROVEN));
		assertThat(this.ends.size()).isEqualTo(10);
		stored(false, 10);
		assertThat(this.ends.size()).isEqualTo(20);
		stored(false, 20);
		assertThat(this.ends.size()).isEqualTo(20);
		this.ends.ended(false, 10, report(0, true, Verdict.ROWS_UNPROVEN));
		this.ends.ended(true, 1, report(0, true, Verdict.ROWS_UNPROVEN));
		assertThat(this.ends.size()).isEqualTo(5);
		this.ends.ended(false, 1, report(0, true, Verdict.ROWS_UNPROVEN));
		assertThat(this.ends.size()).isEqualTo(20);
	}

}
