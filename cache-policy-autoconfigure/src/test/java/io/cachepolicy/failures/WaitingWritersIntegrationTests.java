package io.cachepolicy.failures;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.WritePolicy;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writers in transactions, which have a connection, beside flushes that need one.
 */
@Timeout(60)
@SuppressWarnings("try")
class WaitingWritersIntegrationTests extends AbstractFailuresTests {

	private static final int WRITERS = 8;

	private void start(int connections, String... properties) {
		List<String> all = new ArrayList<>(List.of("spring.datasource.hikari.maximum-pool-size=" + connections,
				"spring.datasource.hikari.connection-timeout=20000",
				"cache-policy.defaults.write-back.flush-interval=20ms"));
		all.addAll(List.of(properties));
		start(List.of(), all.toArray(String[]::new));
	}

	@ParameterizedTest
	@CsvSource({ "1, sensors", "2, sensors", "4, sensors", "1, gauges", "4, gauges" })
	@DisplayName("W10: no writer in a transaction is refused for want of room, whatever the size of the pool")
	void writersDoNotWaitForRoom(int connections, String name) throws Exception {
		start(connections, "cache-policy.defaults.write-back.max-pending=20",
				"cache-policy.defaults.write-back.overflow-timeout=5s");
		ExecutorService executor = Executors.newFixedThreadPool(WRITERS);
		try {
			List<Future<?>> writers = new ArrayList<>();
			for (int writer = 0; writer < WRITERS; writer++) {
				long from = writer * 1000L;
				writers.add(executor.submit(() -> {
					for (long id = from; id < from + 60; id++) {
						Object value = (name.equals("gauges")) ? new Gauge(id, 1) : new Sensor(id, 1);
						long key = id;
						transaction().executeWithoutResult((status) -> {
							// Takes the connection
							context().getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class);
							cache(name).put(key, value);
						});
					}
				}));
			}
			for (Future<?> writer : writers) {
				writer.get(50, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(cache(name).flush(TIMEOUT).remaining()).isZero();
		assertThat(writes(name).counts().refused()).isZero();
		assertThat(
				outside().queryForObject("select count(*) from " + name.substring(0, name.length() - 1), Integer.class))
			.isEqualTo(WRITERS * 60);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("W10: a write-through in a transaction takes over the only connection's row from a flush that waits")
	void writeThroughOfAKeyInFlight(boolean versioned) {
		String name = (versioned) ? "gauges" : "sensors";
		start(1, "cache-policy.defaults.write-back.flush-interval=10ms");
		transaction().executeWithoutResult((status) -> {
			context().getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class);
			CompletableFuture.runAsync(() -> cache(name).put(1L, value(versioned, 1))).join();
			// The flush waits for the connection that this transaction has
			Awaitility.await().atMost(TIMEOUT).until(() -> isWaitingForConnection());
			cache(name).withPolicy(WritePolicy.WRITE_THROUGH).put(1L, value(versioned, 2));
		});
		assertThat(cache(name).flush(TIMEOUT).remaining()).isZero();
		assertThat(
				outside().queryForList("select measured from " + name.substring(0, name.length() - 1), Integer.class))
			.containsExactly(2);
		assertThat(cache(name).deadLetters()).isEmpty();
	}

	private boolean isWaitingForConnection() {
		return context().getBean(com.zaxxer.hikari.HikariDataSource.class)
			.getHikariPoolMXBean()
			.getThreadsAwaitingConnection() > 0;
	}

	private static Object value(boolean versioned, int measured) {
		return (versioned) ? new Gauge(1, measured) : new Sensor(1, measured);
	}

	@Test
	@DisplayName("W10: a writer that holds the lock of a row does not wait for a flush that waits for the lock")
	void writerHoldsTheRowThatTheFlushNeeds() {
		start(4);
		cache("sensors").put(1L, new Sensor(1, 1));
		assertThat(cache("sensors").flush(TIMEOUT).remaining()).isZero();
		long start = System.nanoTime();
		transaction().executeWithoutResult((status) -> {
			context().getBean(JdbcTemplate.class).update("update sensor set measured = 5 where id = 1");
			CompletableFuture.runAsync(() -> cache("sensors").put(1L, new Sensor(1, 6))).join();
			Awaitility.await()
				.atMost(TIMEOUT)
				.until(() -> !outside()
					.queryForList("select 1 from pg_stat_activity where datname = current_database() and "
							+ "wait_event_type = 'Lock'")
					.isEmpty());
			cache("sensors").withPolicy(WritePolicy.WRITE_THROUGH).put(1L, new Sensor(1, 7));
		});
		assertThat(cache("sensors").flush(TIMEOUT).remaining()).isZero();
		assertThat(outside().queryForList("select measured from sensor", Integer.class)).containsExactly(7);
		assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).as("seconds").isLessThan(5);
	}

}
