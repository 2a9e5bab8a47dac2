package io.cachepolicy.writeback;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;

class AttemptsTests {

	@Test
	void retryAtIsSoonInAHurry() {
		Attempts attempts = new Attempts(new FixedBackOff(100, 10).start(), Instant.EPOCH);
		assertThat(attempts.count()).isZero();
		assertThat(attempts.first()).isEqualTo(Instant.EPOCH);
		attempts.failed(1_000, true);
		attempts.failed(2_000, true);
		assertThat(attempts.count()).isEqualTo(2);
		assertThat(attempts.retryAt(false)).isEqualTo(2_000 + Duration.ofMillis(100).toNanos());
		assertThat(attempts.retryAt(true)).isEqualTo(2_000 + Duration.ofMillis(20).toNanos());
	}

	@Test
	void retryAtKeepsAPauseThatIsShort() {
		Attempts attempts = new Attempts(new FixedBackOff(5, 10).start(), Instant.EPOCH);
		attempts.failed(1_000, true);
		assertThat(attempts.retryAt(true)).isEqualTo(attempts.retryAt(false))
			.isEqualTo(1_000 + Duration.ofMillis(5).toNanos());
	}

}
