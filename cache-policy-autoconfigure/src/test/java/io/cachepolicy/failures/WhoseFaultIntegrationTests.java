package io.cachepolicy.failures;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;

import javax.sql.DataSource;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.testsupport.Postgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Failures that are the store's, and failures that are a row's, whatever their classes.
 */
@SuppressWarnings("try")
class WhoseFaultIntegrationTests extends AbstractFailuresTests {

	private static final String[] QUICK = { "cache-policy.defaults.write-back.flush-interval=50ms",
			"cache-policy.defaults.write-back.retry.initial-interval=10ms",
			"cache-policy.defaults.write-back.retry.max-interval=100ms",
			"cache-policy.defaults.write-back.retry.max-attempts=3" };

	private void start() {
		start(List.of(), QUICK);
	}

	private void putAll(int rows) {
		LongStream.range(0, rows).forEach((id) -> cache("sensors").put(id, new Sensor(id, 1)));
	}

	private void awaitAway() {
		Awaitility.await().atMost(TIMEOUT).until(() -> !status("sensors").awayFor().isZero());
	}

	private void assertNothingGivenUp(int pending) {
		// Long enough for every attempt that a write has
		assertThat(cache("sensors").flush(Duration.ofSeconds(1)).remaining()).isEqualTo(pending);
		assertThat(cache("sensors").deadLetters()).isEmpty();
	}

	private void assertAllStored(int rows) {
		assertThat(cache("sensors").flush(TIMEOUT).remaining()).isZero();
		assertThat(cache("sensors").deadLetters()).isEmpty();
		assertThat(outside().queryForObject("select count(*) from sensor", Integer.class)).isEqualTo(rows);
	}

	private String database() {
		return Objects.requireNonNull(outside().queryForObject("select current_database()", String.class));
	}

	private void endConnections() {
		outside().queryForList("select pg_terminate_backend(pid) from pg_stat_activity "
				+ "where datname = current_database() and pid <> pg_backend_pid()");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 50, 700 })
	@DisplayName("F5: a database that became read-only makes no dead letter, whether its connections break or stay")
	void readOnlyDatabase(int rows) {
		start();
		String database = database();
		outside().execute("alter database " + database + " set default_transaction_read_only = on");
		endConnections();
		putAll(rows);
		awaitAway();
		assertNothingGivenUp(rows);
		outside()
			.execute("begin read write; alter database " + database + " reset default_transaction_read_only; commit");
		// The connections of the pool are still read-only
		assertAllStored(rows);
	}

	@ParameterizedTest
	@CsvSource({ "1, alter table sensor rename to gone, alter table gone rename to sensor",
			"60, alter table sensor rename to gone, alter table gone rename to sensor",
			"1, revoke all on sensor from current_user, grant all on sensor to current_user",
			"60, revoke all on sensor from current_user, grant all on sensor to current_user" })
	@DisplayName("F5: a table or a privilege that is missing for a while makes no dead letter")
	void missingTableOrPrivilege(int rows, String take, String give) {
		startAsUser();
		outside().execute(take);
		putAll(rows);
		awaitAway();
		assertNothingGivenUp(rows);
		cache("gauges").put(1L, new Gauge(1, 1));
		assertThat(cache("gauges").flush(TIMEOUT).remaining()).as("other tables of the database").isZero();
		outside().execute(give);
		assertAllStored(rows);
	}

	/**
	 * Start as a user with privileges that can be revoked.
	 */
	private void startAsUser() {
		String url = Postgres.createDatabase();
		JdbcTemplate admin = new JdbcTemplate(new DriverManagerDataSource(url));
		admin.execute("""
				do $$ begin
					if not exists (select 1 from pg_roles where rolname = 'application') then
						create role application login;
					end if;
				end $$""");
		admin.execute("grant all on schema public to application");
		startOn(url.replace("user=postgres", "user=application"), QUICK);
	}

	@Test
	@DisplayName("F5: connections that are terminated under a flush count against no row")
	void terminatedConnections() throws SQLException {
		start();
		putAll(1);
		cache("sensors").flush(TIMEOUT);
		try (Lock lock = lock("select 1 from sensor")) {
			putAll(1);
			for (int i = 0; i < 6; i++) {
				Awaitility.await().atMost(TIMEOUT).until(() -> terminateWaiting() > 0);
			}
		}
		assertAllStored(1);
	}

	private int terminateWaiting() {
		return outside()
			.queryForList("select pg_terminate_backend(pid) from pg_stat_activity "
					+ "where datname = current_database() and wait_event_type = 'Lock'")
			.size();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 30 })
	@DisplayName("F5: a driver that gives up waiting for a locked row makes no dead letter, and others are stored")
	void socketTimeoutAtLockedRow(int rows) throws SQLException {
		String url = Postgres.createDatabase() + "&socketTimeout=1";
		startOn(url, QUICK);
		putAll(1);
		cache("sensors").flush(TIMEOUT);
		try (Lock lock = lock("select 1 from sensor")) {
			putAll(rows);
			Awaitility.await()
				.atMost(TIMEOUT)
				.until(() -> writes("sensors").counts().failedAttempts() >= 3 && status("sensors").pending() == 1);
			assertThat(status("sensors").awayFor()).isZero();
		}
		assertAllStored(rows);
	}

	@Test
	@DisplayName("F5: no connection from the pool in time is nobody's fault")
	void noConnectionFromThePool() throws SQLException {
		start(List.of(), "cache-policy.defaults.write-back.flush-interval=50ms",
				"spring.datasource.hikari.maximum-pool-size=1", "spring.datasource.hikari.connection-timeout=250");
		try (Connection connection = context().getBean(DataSource.class).getConnection()) {
			assertThat(connection.isValid(1)).isTrue();
			putAll(5);
			cache("gauges").put(1L, new Gauge(1, 1));
			Awaitility.await().atMost(TIMEOUT).until(() -> status("sensors").lastFailure() != null);
			assertThat(cache("sensors").flush(Duration.ofSeconds(2)).remaining()).isEqualTo(5);
			assertThat(status("sensors").awayFor()).isZero();
			assertThat(status("gauges").awayFor()).isZero();
		}
		assertAllStored(5);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 3, 5 })
	@DisplayName("F5: a row that the store calls a lack of resources is that row's fault")
	void rowThatLooksLikeAnOutage(int position) {
		start();
		context().getBean(Texts.class).createTable();
		Random random = new Random(1);
		String tooLong = random.ints(20_000, 'a', 'z')
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
		for (long id = 0; id < 6; id++) {
			cache("texts").put(id, (id == position) ? tooLong : "text " + id);
		}
		FlushReport report = cache("texts").flush(TIMEOUT);
		assertThat(report.remaining()).isZero();
		assertThat(cache("texts").deadLetters()).extracting(DeadLetter::key).containsExactly((long) position);
		assertThat(outside().queryForObject("select count(*) from text", Integer.class)).isEqualTo(5);
	}

}
