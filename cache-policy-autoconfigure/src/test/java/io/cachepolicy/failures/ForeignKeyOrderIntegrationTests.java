package io.cachepolicy.failures;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rows that refer to each other, unique values that change hands, and rows that are
 * removed and put again, while the database is slow at one of them.
 */
@SuppressWarnings("try")
class ForeignKeyOrderIntegrationTests extends AbstractFailuresTests {

	private void start(String... properties) {
		start(List.of(), properties);
	}

	private static String[] settings(boolean coalesce, int threads) {
		return new String[] { "cache-policy.defaults.write-back.coalesce=" + coalesce,
				"cache-policy.defaults.write-back.flush-threads=" + threads,
				"cache-policy.defaults.write-back.flush-interval=1h" };
	}

	private CompletableFuture<FlushReport> flushing(String name) {
		return CompletableFuture.supplyAsync(() -> cache(name).flush(TIMEOUT));
	}

	private void awaitLockWait() {
		Awaitility.await()
			.atMost(TIMEOUT)
			.until(() -> !outside()
				.queryForList("select 1 from pg_stat_activity where datname = current_database() and "
						+ "wait_event_type = 'Lock'")
				.isEmpty());
	}

	@ParameterizedTest
	@CsvSource({ "true, 1", "true, 4", "false, 1", "false, 4" })
	@DisplayName("W9: a child waits for the put of its parent that is behind a removal in flight")
	void childWaitsForItsParentBehindARemoval(boolean coalesce, int threads) throws Exception {
		start(settings(coalesce, threads));
		PolicyCache clients = cache("clients");
		clients.put(1L, new Client(1, "one"));
		clients.put(2L, new Client(2, "two"));
		assertThat(clients.flush(TIMEOUT).remaining()).isZero();
		CompletableFuture<FlushReport> first;
		CompletableFuture<FlushReport> second;
		try (Lock lock = lock("select 1 from client where id in (1, 2)")) {
			clients.put(2L, new Client(2, "changed"));
			clients.remove(1L);
			first = flushing("clients");
			awaitLockWait();
			Client again = new Client(1, "again");
			clients.put(1L, again);
			cache("purchases").put(7L, new Purchase(7, again));
			second = flushing("purchases");
		}
		assertThat(first.get().failed()).isZero();
		assertThat(second.get()).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(clients.flush(TIMEOUT).remaining()).isZero();
		assertThat(outside().queryForList("select client_id from purchase", Long.class)).containsExactly(1L);
		assertThat(outside().queryForList("select name from client order by id", String.class)).containsExactly("again",
				"changed");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("W9: a child waits for its parent at the end of a long chain")
	void childWaitsForItsParentAtTheEndOfAChain(boolean coalesce) {
		start(settings(coalesce, 2));
		PolicyCache clients = cache("clients");
		PolicyCache purchases = cache("purchases");
		for (int round = 0; round < 5; round++) {
			Client client = new Client(1, "round " + round);
			clients.put(1L, client);
			purchases.put(7L, new Purchase(7, client));
			purchases.remove(7L);
			clients.remove(1L);
		}
		Client last = new Client(1, "last");
		clients.put(1L, last);
		purchases.put(7L, new Purchase(7, last));
		assertThat(manager().flush(TIMEOUT)).extracting(FlushReport::failed, FlushReport::remaining)
			.containsExactly(0L, 0L);
		assertThat(outside().queryForList("select client_id from purchase", Long.class)).containsExactly(1L);
		assertThat(outside().queryForList("select name from client", String.class)).containsExactly("last");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("W9: a removal that takes its children along leaves those that came later")
	void cascadingRemoval(boolean coalesce) {
		start(settings(coalesce, 2));
		Client client = new Client(1, "one");
		cache("clients").put(1L, client);
		cache("purchases").put(7L, new Purchase(7, client));
		assertThat(manager().flush(TIMEOUT).remaining()).isZero();
		cache("clients").remove(1L);
		Client again = new Client(1, "again");
		cache("clients").put(1L, again);
		cache("purchases").put(8L, new Purchase(8, again));
		assertThat(manager().flush(TIMEOUT)).extracting(FlushReport::failed, FlushReport::remaining)
			.containsExactly(0L, 0L);
		assertThat(outside().queryForList("select name from client", String.class)).containsExactly("again");
		assertThat(outside().queryForList("select id from purchase order by id", Long.class)).contains(8L);
	}

	@Test
	@DisplayName("F5: a unique value that an older removal still holds makes no dead letter")
	void uniqueValueOfALockedRow() throws SQLException {
		start(List.of(), "cache-policy.defaults.write-back.flush-interval=50ms",
				"cache-policy.defaults.write-back.flush-threads=2",
				"cache-policy.defaults.write-back.retry.initial-interval=10ms",
				"cache-policy.defaults.write-back.retry.max-attempts=3");
		PolicyCache sensors = cache("sensors");
		sensors.put(1L, new Sensor(1, 1, "name"));
		assertThat(sensors.flush(TIMEOUT).remaining()).isZero();
		try (Lock lock = lock("select 1 from sensor where id = 1")) {
			sensors.remove(1L);
			awaitLockWait();
			sensors.put(2L, new Sensor(2, 1, "name"));
			assertThat(sensors.flush(Duration.ofSeconds(1)).failed()).isZero();
		}
		assertThat(sensors.flush(TIMEOUT).remaining()).isZero();
		assertThat(sensors.deadLetters()).isEmpty();
		assertThat(outside().queryForList("select id from sensor", Long.class)).containsExactly(2L);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("F5: unique values change hands in whatever order their rows come")
	void uniqueValuesChangeHands(boolean coalesce) {
		start("cache-policy.defaults.write-back.coalesce=" + coalesce,
				"cache-policy.defaults.write-back.flush-interval=1h");
		PolicyCache sensors = cache("sensors");
		for (long id = 1; id <= 4; id++) {
			sensors.put(id, new Sensor(id, 1, "name " + id));
		}
		assertThat(sensors.flush(TIMEOUT).remaining()).isZero();
		// The value of each is free as soon as an older write is stored
		sensors.put(4L, new Sensor(4, 1, null));
		sensors.put(3L, new Sensor(3, 1, "name 4"));
		sensors.put(2L, new Sensor(2, 1, "name 3"));
		sensors.put(1L, new Sensor(1, 1, "name 2"));
		assertThat(sensors.flush(TIMEOUT)).isEqualTo(new FlushReport(4, 0, 0));
		assertThat(outside().queryForList("select name from sensor where id < 4 order by id", String.class))
			.containsExactly("name 2", "name 3", "name 4");
	}

	@ParameterizedTest
	@CsvSource({ "false, gauges", "true, gauges", "false, sensors", "true, sensors" })
	@DisplayName("W1: a row that is removed, put again and written through is stored over what it was")
	void removedPutAndWrittenThrough(boolean transactional, String name) {
		start("cache-policy.defaults.write-back.flush-interval=1h");
		PolicyCache cache = cache(name);
		cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, value(name, 1));
		Runnable writes = () -> {
			cache.remove(1L);
			cache.put(1L, value(name, 2));
			cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, value(name, 3));
		};
		if (transactional) {
			transaction().executeWithoutResult((status) -> writes.run());
		}
		else {
			writes.run();
		}
		assertThat(outside().queryForList("select measured from " + table(name), Integer.class)).containsExactly(3);
		assertThat(cache.flush(TIMEOUT)).isEqualTo(new FlushReport(0, 0, 0));
		assertThat(outside().queryForList("select measured from " + table(name), Integer.class)).containsExactly(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "gauges", "sensors" })
	@DisplayName("W1: a row that is removed and put again is written through where there is room for the removal only")
	void removedAndPutWithoutRoom(String name) {
		start("cache-policy.defaults.write-back.flush-interval=1h", "cache-policy.defaults.write-back.max-pending=1",
				"cache-policy.defaults.write-back.overflow=write-through",
				"cache-policy.defaults.write-back.coalesce=false");
		PolicyCache cache = cache(name);
		cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, value(name, 1));
		cache.remove(1L);
		cache.put(1L, value(name, 3));
		assertThat(cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(cache.deadLetters()).isEmpty();
		assertThat(outside().queryForList("select measured from " + table(name), Integer.class)).containsExactly(3);
	}

	private static String table(String name) {
		return name.substring(0, name.length() - 1);
	}

	private static Object value(String name, int measured) {
		return (name.equals("gauges")) ? new Gauge(1, measured) : new Sensor(1, measured);
	}

}
