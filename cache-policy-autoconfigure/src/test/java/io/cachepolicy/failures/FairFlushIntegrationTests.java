package io.cachepolicy.failures;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Good rows beside rows that are locked, too slow or refused.
 */
@SuppressWarnings("try")
class FairFlushIntegrationTests extends AbstractFailuresTests {

	private static final long GOOD = 100_000;

	private void putAll(long from, long to, int measured) {
		LongStream.range(from, to).forEach((id) -> cache("sensors").put(id, new Sensor(id, measured)));
	}

	private void awaitStored(long id, Duration within) {
		Awaitility.await()
			.atMost(within)
			.pollInterval(Duration.ofMillis(5))
			.until(() -> !outside().queryForList("select 1 from sensor where id = ?", id).isEmpty());
	}

	@ParameterizedTest
	@CsvSource({ "1, lock_timeout=50ms", "40, lock_timeout=50ms", "1, statement_timeout=100ms",
			"40, statement_timeout=100ms" })
	@DisplayName("W8: a good row does not wait for rows that are locked")
	void goodRowDoesNotWaitForLockedRows(int locked, String timeout) throws SQLException {
		start(List.of(timeout), "cache-policy.defaults.write-back.flush-interval=200ms",
				"cache-policy.defaults.write-back.batch-size=20");
		putAll(0, locked, 1);
		cache("sensors").flush(TIMEOUT);
		try (Lock lock = lock("select 1 from sensor where id < " + locked)) {
			putAll(0, locked, 2);
			Awaitility.await().until(() -> writes("sensors").counts().failedAttempts() > 0);
			cache("sensors").put(GOOD, new Sensor(GOOD, 1));
			// The bound is two intervals and a call; the rest is for a machine that is
			// busy
			awaitStored(GOOD, Duration.ofSeconds(2));
			assertThat(cache("sensors").deadLetters()).isEmpty();
			assertThat(status("sensors").awayFor()).as("nobody says that the store is away").isZero();
		}
		assertThat(cache("sensors").flush(TIMEOUT).remaining()).isZero();
		assertThat(outside().queryForList("select distinct measured from sensor where id < " + locked, Integer.class))
			.containsExactly(2);
	}

	@ParameterizedTest
	@CsvSource({ "1", "40", "1000" })
	@DisplayName("W8: a good row does not wait for rows that are refused, before, between and behind them")
	void goodRowDoesNotWaitForRefusedRows(int refused) {
		start(List.of(), "cache-policy.defaults.write-back.flush-interval=200ms");
		cache("sensors").put(-1L, new Sensor(-1, 1));
		putAll(0, refused, -1);
		cache("sensors").put(GOOD, new Sensor(GOOD, 1));
		awaitStored(GOOD, Duration.ofSeconds(10));
		awaitStored(-1L, Duration.ofSeconds(10));
		cache("sensors").put(GOOD + 1, new Sensor(GOOD + 1, 1));
		awaitStored(GOOD + 1, Duration.ofSeconds(2));
		assertThat(cache("sensors").flush(Duration.ofSeconds(60)).remaining()).isZero();
		assertThat(cache("sensors").deadLetters()).hasSize(refused);
	}

	@Test
	@DisplayName("W8: at the end what can be stored is stored, whatever is locked")
	void drainStoresWhatCanBeStored() throws SQLException {
		start(List.of("statement_timeout=500ms"), "cache-policy.defaults.write-back.flush-interval=100ms",
				"cache-policy.shutdown-timeout=4s");
		putAll(0, 1, 1);
		cache("sensors").flush(TIMEOUT);
		try (Lock lock = lock("select 1 from sensor where id = 0")) {
			putAll(0, 1, 2);
			Awaitility.await().until(() -> writes("sensors").counts().failedAttempts() > 0);
			putAll(1, 50, 1);
			context().close();
			assertThat(outside().queryForObject("select count(*) from sensor", Integer.class)).isEqualTo(50);
		}
	}

}
