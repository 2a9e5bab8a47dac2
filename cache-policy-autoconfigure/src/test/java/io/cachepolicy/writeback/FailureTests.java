package io.cachepolicy.writeback;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;

class FailureTests {

	@Test
	void retryAtIsSoonInAHurry() {
		Failure failure = new Failure(new FixedBackOff(100, 10).start(), Instant.EPOCH);
		assertThat(failure.attempts()).isZero();
		assertThat(failure.first()).isEqualTo(Instant.EPOCH);
		failure.attempted(1_000, true);
		failure.attempted(2_000, true);
		assertThat(failure.attempts()).isEqualTo(2);
		assertThat(failure.retryAt(false)).isEqualTo(2_000 + Duration.ofMillis(100).toNanos());
		assertThat(failure.retryAt(true)).isEqualTo(2_000 + Duration.ofMillis(20).toNanos());
	}

	@Test
	void retryAtKeepsAPauseThatIsShort() {
		Failure failure = new Failure(new FixedBackOff(5, 10).start(), Instant.EPOCH);
		failure.attempted(1_000, true);
		assertThat(failure.retryAt(true)).isEqualTo(failure.retryAt(false))
			.isEqualTo(1_000 + Duration.ofMillis(5).toNanos());
	}

}
