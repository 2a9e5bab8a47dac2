package io.cachepolicy.failures;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.testsupport.Postgres;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
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
		String table = name.substring(0, name.length() - 1);
		PolicyCache cache = cache(name);
		cache.put(1L, value(name, 0));
		assertThat(cache.flush(TIMEOUT).written()).isOne();
		Object before = Objects.requireNonNull(cache.get(1L, Object.class));
		boolean failed = false;
		try {
			transaction(isolation).executeWithoutResult((status) -> {
				if (first.equals("load")) {
					find(name);
				}
				else {
					context().getBean(JdbcTemplate.class).queryForList("select * from " + table);
				}
				CompletableFuture.runAsync(() -> {
					cache.put(1L, changed(cache, name));
					assertThat(cache.flush(TIMEOUT).written()).isOne();
				}).join();
				cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, before);
			});
		}
		catch (ConcurrencyFailureException ex) {
			failed = true;
			assertThat(isolation).isGreaterThan(TransactionDefinition.ISOLATION_READ_COMMITTED);
		}
		int row = new JdbcTemplate(context().getBean(DataSource.class)).queryForObject("select measured from " + table,
				Integer.class);
		assertThat(row).isEqualTo(failed ? 1 : 0);
		assertThat(measured(Objects.requireNonNull(cache.get(1L, Object.class)))).isEqualTo(row);
	}

	private void find(String name) {
		if (name.equals("gauges")) {
			assertThat(context().getBean(GaugeRepository.class).findById(1L)).isPresent();
		}
		else {
			assertThat(context().getBean(SensorRepository.class).findById(1L)).isPresent();
		}
	}

	private static Object value(String name, int measured) {
		return (name.equals("gauges")) ? new Gauge(1, measured) : new Sensor(1, measured);
	}

	private static Object changed(PolicyCache cache, String name) {
		if (name.equals("gauges")) {
			Gauge copy = Objects.requireNonNull(cache.get(1L, Gauge.class));
			copy.setMeasured(1);
			return copy;
		}
		return new Sensor(1, 1);
	}

	private static int measured(Object value) {
		return (value instanceof Gauge gauge) ? gauge.getMeasured() : ((Sensor) value).getMeasured();
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
