package io.cachepolicy.writeback;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FlushSharesTests {

	private final FlushShares shares = new FlushShares(1);

	private void run(FlushShares shares, boolean fresh, long nanos) {
		shares.begun(fresh);
		shares.ended(fresh, nanos);
	}

	@Test
	@DisplayName("W8: what failed has its turn at any time if nothing else is due")
	void troubledMayBeTriedIfNothingElseIsDue() {
		run(this.shares, false, 1_000);
		assertThat(this.shares.mayTry(false, false)).isTrue();
		this.shares.begun(false);
		assertThat(this.shares.mayTry(false, false)).isTrue();
		assertThat(this.shares.mayTry(true, false)).isTrue();
	}

	@Test
	@DisplayName("W8: what was never tried gets as much time as what failed")
	void freshGetsAsMuchTime() {
		assertThat(this.shares.mayTry(false, true)).isTrue();
		run(this.shares, false, 1_000);
		assertThat(this.shares.mayTry(false, true)).isFalse();
		run(this.shares, true, 400);
		assertThat(this.shares.mayTry(false, true)).isFalse();
		run(this.shares, true, 600);
		assertThat(this.shares.mayTry(false, true)).isTrue();
	}

	@Test
	@DisplayName("W8: both take turns, however short they are")
	void bothTakeTurns() {
		run(this.shares, false, 0);
		assertThat(this.shares.mayTry(false, true)).isFalse();
		run(this.shares, true, 0);
		assertThat(this.shares.mayTry(false, true)).isTrue();
	}

	@Test
	@DisplayName("W8: in a hurry what was never tried comes first")
	void freshComesFirstInAHurry() {
		assertThat(this.shares.mayTry(true, true)).isFalse();
	}

	@Test
	@DisplayName("W8: at most every second thread tries again what failed, while something else is due")
	void everySecondThreadMayTry() {
		FlushShares four = new FlushShares(4);
		four.begun(false);
		four.begun(true);
		assertThat(four.mayTry(false, true)).isTrue();
		four.begun(false);
		four.begun(true);
		assertThat(four.mayTry(false, true)).isFalse();
		four.ended(false, 0);
		assertThat(four.mayTry(false, true)).isTrue();
	}

}
