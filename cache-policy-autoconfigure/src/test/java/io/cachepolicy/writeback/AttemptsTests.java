package io.cachepolicy.writeback;

import java.time.Duration;
import java.time.Instant;

import io.cachepolicy.settings.WriteBackSpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AttemptsTests {

	private static final Duration INITIAL = Duration.ofMillis(100);

	private static final Instant FIRST = Instant.parse("2026-03-01T00:00:00Z");

	private static WriteBackSpec.Retry retry(Duration initial) {
		return new WriteBackSpec.Retry(5, initial, 1, Duration.ofSeconds(30), 0);
	}

	private static Attempts failed(Attempts attempts, long now, Duration took) {
		return attempts.failed(FIRST.plusNanos(now), now, took.toNanos(), true, true, null);
	}

	@Test
	void retryAtIsSoonInAHurry() {
		Attempts attempts = failed(failed(Attempts.none(retry(INITIAL)), 1_000, Duration.ZERO), 2_000, Duration.ZERO);
		assertThat(attempts.count()).isEqualTo(2);
		assertThat(attempts.first()).isEqualTo(FIRST.plusNanos(1_000));
		assertThat(attempts.retryAt(false)).isEqualTo(2_000 + INITIAL.toNanos());
		assertThat(attempts.retryAt(true)).isEqualTo(2_000 + Duration.ofMillis(20).toNanos());
	}

	@Test
	void retryAtKeepsAPauseThatIsShort() {
		Attempts attempts = failed(Attempts.none(retry(Duration.ofMillis(5))), 1_000, Duration.ZERO);
		assertThat(attempts.retryAt(true)).isEqualTo(attempts.retryAt(false))
			.isEqualTo(1_000 + Duration.ofMillis(5).toNanos());
	}

	@Test
	@DisplayName("W8: a slow row takes no more than a tenth of the time of the store")
	void retryAtRestsLongerThanTheAttemptsTook() {
		Attempts once = failed(Attempts.none(retry(INITIAL)), 1_000, Duration.ofMillis(600));
		Attempts attempts = failed(once, 2_000, Duration.ofMillis(500));
		assertThat(attempts.retryAt(false)).isEqualTo(2_000 + Duration.ofSeconds(5).toNanos());
		assertThat(failed(attempts, 3_000, Duration.ofMillis(500)).retryAt(false)).as("from then on")
			.isEqualTo(3_000 + Duration.ofSeconds(5).toNanos());
		Attempts slow = failed(failed(once, 2_000, Duration.ofSeconds(10)), 3_000, Duration.ofSeconds(10));
		assertThat(slow.retryAt(false)).as("at most the longest interval")
			.isEqualTo(3_000 + Duration.ofSeconds(30).toNanos());
	}

	@Test
	@DisplayName("F1: a row that is refused quickly does not rest for one attempt that was slow")
	void retryAtFollowsTheQuickerOfTheLastTwoAttempts() {
		Attempts first = failed(Attempts.none(retry(INITIAL)), 1_000, Duration.ofSeconds(3));
		assertThat(first.retryAt(false)).as("as long as it took").isEqualTo(1_000 + Duration.ofSeconds(3).toNanos());
		Attempts second = failed(first, 2_000, Duration.ofMillis(1));
		assertThat(second.retryAt(false)).isEqualTo(2_000 + INITIAL.toNanos());
		Attempts third = failed(second, 3_000, Duration.ofSeconds(3));
		assertThat(third.retryAt(false)).as("one slow attempt between quick ones").isEqualTo(3_000 + INITIAL.toNanos());
	}

	@Test
	@DisplayName("W8: another value of a row that was slow is not tried sooner, but at once if the row was not")
	void renewedAttemptsKeepTheRest() {
		Attempts once = failed(Attempts.none(retry(INITIAL)), 1_000, Duration.ofMillis(500)).renewed();
		assertThat(once.retryAt(false)).isEqualTo(1_000 + Duration.ofMillis(500).toNanos());
		Attempts slow = failed(once, 2_000, Duration.ofMillis(500)).renewed();
		assertThat(slow.count()).isZero();
		assertThat(slow.refusals()).isZero();
		assertThat(slow.retryAt(false)).as("what the value before met counts")
			.isEqualTo(2_000 + Duration.ofSeconds(5).toNanos());
		Attempts quick = failed(Attempts.none(retry(INITIAL)), 1_000, Duration.ZERO).renewed();
		assertThat(quick.retryAt(false)).isEqualTo(1_000);
	}

	@Test
	void attemptsThatAreDueToOthersAreNoRefusals() {
		Attempts attempts = Attempts.none(retry(INITIAL))
			.failed(FIRST, 0, 0, false, false, null)
			.failed(FIRST, 0, 0, true, true, null);
		assertThat(attempts.count()).isEqualTo(2);
		assertThat(attempts.refusals()).isOne();
	}

}
