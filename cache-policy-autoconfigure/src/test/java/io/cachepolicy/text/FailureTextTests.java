package io.cachepolicy.text;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

import io.cachepolicy.PartialWriteException;
import io.cachepolicy.testsupport.Postgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.CannotCreateTransactionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link FailureText}.
 */
class FailureTextTests {

	private static final List<String> REFUSED = List.of("insert into person values (1, 'x@y', 20)",
			"insert into person values (3, 'secret@y', -5)", "insert into person values (4, null, 2021)",
			"insert into person values (5, 'secretsecretsecretsecret', 20)",
			"insert into person values (6, 'z@y', cast('secret' as int))", "insert into child values (1, 4711)");

	static Stream<String> databases() {
		return Stream.of(Postgres.createDatabase(), "jdbc:h2:mem:failuretext;DB_CLOSE_DELAY=-1");
	}

	@ParameterizedTest
	@MethodSource("databases")
	void whatADatabaseSaysOfARowIsLeftOut(String url) {
		JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));
		jdbc.execute("create table person (id int primary key, email varchar(20) not null unique, "
				+ "age int check (age > 0))");
		jdbc.execute("create table child (id int primary key, person int references person)");
		jdbc.execute("insert into person values (2, 'x@y', 20)");
		for (String sql : REFUSED) {
			DataAccessException failure = catchThrowableOfType(DataAccessException.class, () -> jdbc.execute(sql));
			String sqlState = FailureText.sqlState(failure);
			assertThat(sqlState).as(sql).isNotNull();
			assertThat(FailureText.of(failure)).as(sql)
				.contains(failure.getClass().getName(), "SQLSTATE " + sqlState)
				.doesNotContain("x@y", "secret", "4711", "2021", "person");
			assertThat(printed(FailureText.withoutMessages(failure))).as(sql)
				.contains(failure.getClass().getName(), "SQLSTATE " + sqlState, "at " + getClass().getName())
				.doesNotContain("x@y", "secret", "4711", "2021", "person");
		}
	}

	@Test
	void typesAndCodesAreTold() {
		SQLException cause = new BatchUpdateException("Key (email)=(x@y) already exists", "23505", 7, new int[0]);
		DataIntegrityViolationException failure = new DataIntegrityViolationException("[x@y]", cause);
		assertThat(FailureText.of(failure)).isEqualTo("org.springframework.dao.DataIntegrityViolationException"
				+ " caused by java.sql.BatchUpdateException (SQLSTATE 23505, code 7)");
		assertThat(FailureText.of(new IllegalStateException("row x@y"))).isEqualTo("java.lang.IllegalStateException");
		assertThat(FailureText.sqlState(failure)).isEqualTo("23505");
		assertThat(FailureText.sqlState(new IllegalStateException())).isNull();
	}

	@Test
	void whatIsSaidOfAConnectionIsKept() {
		SQLException refused = new SQLException("Connection to db:5432 refused", "08001",
				new ConnectException("Connection refused"));
		assertThat(FailureText.of(new CannotCreateTransactionException("x@y", refused)))
			.isEqualTo("org.springframework.transaction.CannotCreateTransactionException"
					+ " caused by java.sql.SQLException (SQLSTATE 08001): Connection to db:5432 refused"
					+ " caused by java.net.ConnectException: Connection refused");
		assertThat(FailureText.of(new SQLException("password wrong\n", "28P01")))
			.isEqualTo("java.sql.SQLException (SQLSTATE 28P01): password wrong\\n");
		assertThat(FailureText.of(new SQLException("x@y", "08"))).doesNotContain("x@y");
		assertThat(FailureText.of(new SQLException("x@y"))).doesNotContain("x@y");
	}

	@Test
	void whatThisLibrarySaysIsKept() {
		assertThat(FailureText.of(new PartialWriteException(List.of("x@y"), new IllegalStateException("x@y"))))
			.contains("1 entries of the call were written")
			.doesNotContain("x@y");
	}

	@Test
	void failureThatIsItsOwnCauseIsDescribed() {
		Exception failure = new SelfCaused();
		assertThat(FailureText.of(failure))
			.isEqualTo(SelfCaused.class.getName() + " caused by java.lang.IllegalStateException");
		assertThat(printed(FailureText.withoutMessages(failure))).contains(SelfCaused.class.getName());
	}

	private static String printed(Throwable failure) {
		StringWriter text = new StringWriter();
		failure.printStackTrace(new PrintWriter(text));
		return text.toString();
	}

	/**
	 * Goes in a circle.
	 */
	@SuppressWarnings("serial")
	private static final class SelfCaused extends Exception {

		@Override
		public @Nullable Throwable getCause() {
			return new IllegalStateException(this);
		}

	}

}
