package io.cachepolicy.writeback;

import java.time.Duration;

import io.cachepolicy.settings.WriteBackSpec;
import org.junit.jupiter.api.Test;

import org.springframework.util.backoff.ExponentialBackOff;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Pauses}.
 */
class PausesTests {

	@Test
	void pausesAreThoseOfTheSettings() {
		ExponentialBackOff pauses = Pauses
			.of(new WriteBackSpec.Retry(3, Duration.ofSeconds(2), 1.5, Duration.ofMinutes(1), 0.25));
		assertThat(pauses.getInitialInterval()).isEqualTo(2000);
		assertThat(pauses.getMultiplier()).isEqualTo(1.5);
		assertThat(pauses.getMaxInterval()).isEqualTo(60_000);
		assertThat(pauses.getJitter()).as("a share of the first pause").isEqualTo(500);
	}

	@Test
	void pausesGrowFromAMillisecondAtLeast() {
		ExponentialBackOff pauses = Pauses
			.of(new WriteBackSpec.Retry(3, Duration.ofNanos(500), 2, Duration.ofDays(365_000), 0));
		assertThat(pauses.getInitialInterval()).isOne();
		assertThat(pauses.getMaxInterval()).isGreaterThan(Duration.ofDays(365).toMillis());
	}

}
