package io.cachepolicy.failures;

import java.util.List;
import java.util.Objects;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.testsupport.Postgres;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writes of transactions that read in an older snapshot.
 */
class IsolationIntegrationTests extends AbstractFailuresTests {

	private static final String H2 = "jdbc:h2:mem:isolation%d;LOCK_TIMEOUT=2000";

	private TransactionTemplate transaction(int isolation) {
		TransactionTemplate transaction = transaction();
		transaction.setIsolationLevel(isolation);
		return transaction;
	}

	@ParameterizedTest
	@CsvSource({ "postgres, gauges, 2, load", "postgres, gauges, 4, load", "postgres, gauges, 4, look",
			"postgres, sensors, 2, load", "postgres, sensors, 4, load", "postgres, sensors, 4, look",
			"postgres, sensors, 8, look", "h2, gauges, 2, load", "h2, gauges, 4, load", "h2, gauges, 4, look",
			"h2, sensors, 2, load", "h2, sensors, 4, load", "h2, sensors, 4, look" })
	@DisplayName("W1: a value that a transaction writes through is what row and cache have, or the transaction fails")
	void writeThroughFromAnOlderSnapshot(String database, String name, int isolation, String first) {
		startOn(database.equals("h2") ? H2.formatted(System.nanoTime()) : Postgres.createDatabase(),
				"cache-policy.defaults.write-back.flush-interval=1h");
		if (writeThroughFromAnOlderSnapshot(name, first, transaction(isolation))) {
			assertThat(isolation).isGreaterThan(TransactionDefinition.ISOLATION_READ_COMMITTED);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "timestamp(0)", "timestamp(3)", "timestamp(6)", "timestamp(6) with time zone" })
	@DisplayName("J3: a version is what its column holds, so that an entity is written again without a conflict")
	void versionIsWhatTheColumnHolds(String type) {
		start(List.of(), "cache-policy.defaults.write-back.flush-interval=1h");
		outside().execute("alter table reading alter column changed type " + type);
		PolicyCache cache = cache("readings");
		cache.put(1L, new Reading(1, 1));
		for (int measured = 2; measured < 5; measured++) {
			assertThat(cache.flush(TIMEOUT).failed()).isZero();
			cache.put(1L, Objects.requireNonNull(cache.get(1L, Reading.class)).measured(measured));
		}
		assertThat(cache.flush(TIMEOUT).failed()).isZero();
		for (int measured = 5; measured < 8; measured++) {
			PolicyCache through = cache.withPolicy(WritePolicy.WRITE_THROUGH);
			through.put(1L, Objects.requireNonNull(cache.get(1L, Reading.class)).measured(measured));
		}
		cache.clear();
		transaction().executeWithoutResult((status) -> cache.withPolicy(WritePolicy.WRITE_THROUGH)
			.put(1L, Objects.requireNonNull(cache.get(1L, Reading.class)).measured(8)));
		cache.withPolicy(WritePolicy.WRITE_THROUGH)
			.put(1L, Objects.requireNonNull(cache.get(1L, Reading.class)).measured(9));
		assertThat(outside().queryForList("select measured from reading", Integer.class)).containsExactly(9);
	}

}
