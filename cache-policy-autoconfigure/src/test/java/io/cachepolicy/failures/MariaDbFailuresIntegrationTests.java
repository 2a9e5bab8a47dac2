package io.cachepolicy.failures;

import java.time.Duration;
import java.util.Objects;
import java.util.stream.LongStream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.testsupport.MariaDb;
import io.cachepolicy.testsupport.RequiresMariaDb;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What MariaDB and its driver do otherwise than PostgreSQL.
 */
@RequiresMariaDb
class MariaDbFailuresIntegrationTests extends AbstractFailuresTests {

	private static final String[] SETTINGS = { "cache-policy.defaults.write-back.flush-interval=1h",
			"cache-policy.defaults.write-back.retry.max-attempts=2",
			"cache-policy.defaults.write-back.retry.initial-interval=1ms",
			"cache-policy.defaults.write-back.retry.max-interval=10ms" };

	private void start(String options) {
		startOn(MariaDb.createDatabase() + options, SETTINGS);
	}

	@Test
	@DisplayName("F5: a server that is read-only is the store's fault, and no row's")
	void readOnlyServer() {
		start("");
		PolicyCache sensors = cache("sensors");
		// An account that may write to a server that is read-only would not notice
		JdbcTemplate root = outside();
		root.execute("create or replace user writer@127.0.0.1");
		root.execute("grant all on *.* to writer@127.0.0.1");
		root.execute("revoke read only admin, super on *.* from writer@127.0.0.1");
		String url = Objects.requireNonNull(context().getEnvironment().getProperty("spring.datasource.url"));
		stop();
		startOn(url.replace("user=root", "user=writer"), SETTINGS);
		PolicyCache cache = cache("sensors");
		root.execute("set global read_only = 1");
		try {
			LongStream.range(0, 50).forEach((id) -> cache.put(id, new Sensor(id, 1)));
			assertThat(cache.flush(Duration.ofSeconds(2)).failed()).isZero();
			assertThat(cache.deadLetters()).isEmpty();
			assertThat(cache.pendingWrites()).isEqualTo(50);
		}
		finally {
			root.execute("set global read_only = 0");
		}
		assertThat(cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(outside().queryForObject("select count(*) from sensor", Integer.class)).isEqualTo(50);
		assertThat(sensors).isNotSameAs(cache);
	}

	@Test
	@DisplayName("F1: a row that is larger than a packet is refused, and its neighbours are stored")
	void rowLargerThanAPacket() {
		start("");
		outside().execute("alter table sensor modify name longtext, drop index if exists name");
		outside().queryForList("show index from sensor where Key_name <> 'PRIMARY'")
			.stream()
			.map((index) -> index.get("Key_name"))
			.distinct()
			.forEach((index) -> outside().execute("alter table sensor drop index " + index));
		PolicyCache sensors = cache("sensors");
		LongStream.range(0, 20)
			.forEach((id) -> sensors.put(id, new Sensor(id, 1, (id == 7) ? "x".repeat(20_000_000) : "n" + id)));
		sensors.flush(TIMEOUT);
		Awaitility.await()
			.atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(outside().queryForList("select id from sensor order by id", Long.class))
				.containsExactlyElementsOf(LongStream.range(0, 20).filter((id) -> id != 7).boxed().toList()));
		Awaitility.await().atMost(TIMEOUT).untilAsserted(() -> {
			sensors.flush(TIMEOUT);
			assertThat(sensors.deadLetters()).extracting(DeadLetter::key).containsExactly(7L);
		});
	}

	@ParameterizedTest
	@CsvSource({ "gauges, load", "sensors, load", "gauges, look", "sensors, look" })
	@DisplayName("W1: what a transaction writes through from an older snapshot is what row and cache have, or it fails")
	void writeThroughFromAnOlderSnapshot(String name, String first) {
		start("");
		// With the isolation of the server, REPEATABLE READ
		writeThroughFromAnOlderSnapshot(name, first, transaction());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "&useBulkStmts=true", "&useBulkStmts=false", "&useAffectedRows=true",
			"&useServerPrepStmts=true", "&allowMultiQueries=true" })
	@DisplayName("J3: conflicts are noticed with each option of the driver, and nothing else is a conflict")
	void conflictsWithOptionsOfTheDriver(String option) {
		startOn(MariaDb.createDatabase() + option, "logging.level.io.cachepolicy=warn",
				"cache-policy.defaults.write-back.flush-interval=1h");
		assertConflictsAreNoticed();
		PolicyCache sensors = cache("sensors");
		for (int i = 0; i < 2; i++) {
			LongStream.range(0, 20).forEach((id) -> sensors.put(id, new Sensor(id, 1)));
			assertThat(sensors.flush(TIMEOUT).failed()).as("the same values again").isZero();
		}
		sensors.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, new Sensor(1, 1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "write-through", "write-around", "write-back" })
	@DisplayName("R8: a row that a load returns under another id is not cached under the one that was asked for")
	void caseInsensitiveIds(String policy) {
		startOn(MariaDb.createDatabase(), "cache-policy.defaults.policy=" + policy,
				"cache-policy.caches.labels.entity=" + Label.class.getName());
		PolicyCache labels = cache("labels");
		labels.put("A", new Label("A", "first"));
		manager().flush(TIMEOUT);
		labels.clear();
		assertThat(labels.get("a", Label.class)).satisfiesAnyOf((found) -> assertThat(found).isNull(),
				(found) -> assertThat(Objects.requireNonNull(found).getText()).isEqualTo("first"));
		labels.withPolicy(WritePolicy.WRITE_THROUGH).put("A", new Label("A", "second"));
		assertThat(Objects.requireNonNull(labels.get("A", Label.class)).getText()).isEqualTo("second");
		assertThat(labels.get("a", Label.class)).satisfiesAnyOf((found) -> assertThat(found).isNull(),
				(found) -> assertThat(Objects.requireNonNull(found).getText()).isEqualTo("second"));
	}

}
