package io.cachepolicy.writeback;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.NoSuchElementException;

import net.bytebuddy.ByteBuddy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StoreFailure}, {@link SqlCodes} and {@link PoolExhaustion}.
 */
class StoreFailureTests {

	private static FailureKind kindOf(Throwable thrown) {
		return StoreFailure.of(thrown).kind();
	}

	private static FailureKind kindOf(String state, int code, String message) {
		return kindOf(new UncategorizedSQLException("flush", "insert", new SQLException(message, state, code)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "08000", "08003", "08006", "53100", "53300", "57P01", "57P02", "57P03", "57P05", "58000",
			"58030" })
	@DisplayName("F5: a server that shuts down, starts or lacks resources, by the state of the standard and PostgreSQL's")
	void stateOfServerIsOfTheResource(String state) {
		assertThat(kindOf(state, 0, "FATAL")).isEqualTo(FailureKind.RESOURCE);
		SQLException batch = new BatchUpdateException("Batch entry 0 was aborted", new int[0],
				new SQLException("FATAL", state));
		assertThat(kindOf(new UncategorizedSQLException("flush", "insert", batch))).isEqualTo(FailureKind.RESOURCE);
	}

	@ParameterizedTest
	@CsvSource({ "25006, READ_ONLY", "42P01, UNWRITABLE", "42S02, UNWRITABLE", "3F000, UNWRITABLE", "42501, UNWRITABLE",
			"57014, TIMEOUT", "55P03, BUSY", "40001, BUSY", "40P01, BUSY", "22001, REFUSED", "23505, REFUSED",
			"23503, REFUSED", "44000, REFUSED", "45000, REFUSED", "54000, REFUSED", "P0001, REFUSED", "XX000, UNCLEAR",
			"42601, UNCLEAR", "5, UNCLEAR", "'', UNCLEAR" })
	@DisplayName("F5: states of the standard and of PostgreSQL")
	void stateTellsTheKind(String state, FailureKind kind) {
		assertThat(kindOf(state, 0, "refused")).isEqualTo(kind);
	}

	@ParameterizedTest
	@CsvSource({
			// Read-only: option, mode, transaction, lock
			"HY000, 1290, READ_ONLY", "HY000, 1836, READ_ONLY", "25006, 1792, READ_ONLY", "HY000, 1223, READ_ONLY",
			// Table, privileges
			"42S02, 1146, UNWRITABLE", "42000, 1142, UNWRITABLE", "42000, 1143, UNWRITABLE",
			// Full
			"HY000, 1021, RESOURCE", "HY000, 1114, RESOURCE",
			// Engine, commit, memory
			"HY000, 1030, RESOURCE", "HY000, 1180, RESOURCE", "HY001, 1037, RESOURCE", "HY000, 1041, RESOURCE",
			// Connections, shutdown, cluster
			"08004, 1040, RESOURCE", "42000, 1203, RESOURCE", "42000, 1226, RESOURCE", "08S01, 1053, RESOURCE",
			"08S01, 1047, RESOURCE", "08S01, 1153, RESOURCE",
			// Others at the same time
			"HY000, 1205, BUSY", "HY000, 1206, BUSY", "40001, 1213, BUSY", "HY000, 3572, BUSY", "HY000, 1020, BUSY",
			// Too long
			"70100, 1317, TIMEOUT", "HY000, 3024, TIMEOUT", "70100, 1969, TIMEOUT",
			// Of a row
			"23000, 1062, REFUSED", "22001, 1406, REFUSED", "HY000, 1366, UNCLEAR" })
	@DisplayName("F5: codes of MySQL and MariaDB")
	void codeOfMySqlTellsTheKind(String state, int code, FailureKind kind) {
		assertThat(kindOf(state, code, "(conn=12) refused")).isEqualTo(kind);
	}

	@ParameterizedTest
	@CsvSource({ "90097, 90097, READ_ONLY", "42S02, 42102, UNWRITABLE", "42S04, 42104, UNWRITABLE",
			"90096, 90096, UNWRITABLE", "90100, 90100, RESOURCE", "90108, 90108, RESOURCE", "90098, 90098, RESOURCE",
			"90121, 90121, RESOURCE", "90067, 90067, RESOURCE", "HYT00, 50200, BUSY", "40001, 40001, BUSY",
			"90131, 90131, BUSY", "57014, 57014, TIMEOUT", "23505, 23505, REFUSED", "22001, 22001, REFUSED" })
	@DisplayName("F5: codes of H2")
	void codeOfH2TellsTheKind(String state, int code, FailureKind kind) {
		assertThat(kindOf(state, code, "refused")).isEqualTo(kind);
	}

	@ParameterizedTest
	@CsvSource({ "16000, READ_ONLY", "372, UNWRITABLE", "942, UNWRITABLE", "1031, UNWRITABLE", "18, RESOURCE",
			"20, RESOURCE", "12516, RESOURCE", "12519, RESOURCE", "12520, RESOURCE", "257, RESOURCE", "1033, RESOURCE",
			"1034, RESOURCE", "1089, RESOURCE", "1536, RESOURCE", "1653, RESOURCE", "1654, RESOURCE", "19809, RESOURCE",
			"3113, RESOURCE", "12541, RESOURCE", "54, BUSY", "60, BUSY", "8177, BUSY", "30006, BUSY", "1013, TIMEOUT" })
	@DisplayName("F5: codes of Oracle")
	void codeOfOracleTellsTheKind(int code, FailureKind kind) {
		assertThat(kindOf("72000", code, "ORA-%05d: refused".formatted(code))).isEqualTo(kind);
		assertThat(kindOf("72000", code, "not of Oracle")).as("codes of others").isEqualTo(FailureKind.UNCLEAR);
	}

	@ParameterizedTest
	@CsvSource({ "3906, READ_ONLY", "976, READ_ONLY", "978, READ_ONLY", "208, UNWRITABLE", "229, UNWRITABLE",
			"230, UNWRITABLE", "9001, RESOURCE", "9002, RESOURCE", "1105, RESOURCE", "1101, RESOURCE", "701, RESOURCE",
			"6005, RESOURCE", "10928, RESOURCE", "10929, RESOURCE", "17809, RESOURCE", "983, RESOURCE",
			"40501, RESOURCE", "40197, RESOURCE", "40613, RESOURCE", "40544, RESOURCE", "1205, BUSY", "1222, BUSY",
			"3960, BUSY" })
	@DisplayName("F5: codes of SQL Server")
	void codeOfSqlServerTellsTheKind(int code, FailureKind kind) {
		assertThat(kindOf("S0002", code, "refused")).isEqualTo(kind);
	}

	@Test
	@DisplayName("F5: a deadlock that nobody translated is not an outage, and counts against no row")
	void rolledBackTransactionIsBusy() {
		assertThat(kindOf(new IllegalStateException(new SQLException("deadlock detected", "40P01"))))
			.isEqualTo(FailureKind.BUSY);
		assertThat(kindOf(new IllegalStateException(new SQLTransactionRollbackException("deadlock"))))
			.isEqualTo(FailureKind.BUSY);
		assertThat(kindOf(new CannotAcquireLockException("busy"))).isEqualTo(FailureKind.BUSY);
	}

	@Test
	@DisplayName("F5: what Spring says of a row counts more than the state that the driver tells")
	void refusedRowIsRefusedWhateverItsCause() {
		assertThat(kindOf(new DataIntegrityViolationException("refused", new SQLException("lost", "08006"))))
			.isEqualTo(FailureKind.REFUSED);
		assertThat(kindOf(new OptimisticLockingFailureException("changed", new SQLException("lost", "08006"))))
			.isEqualTo(FailureKind.CONFLICT);
	}

	@Test
	@DisplayName("F5: a limit that one row exceeds is the row's, though Spring calls it a resource")
	void limitOfAProgramIsOfTheRow() {
		assertThat(kindOf(new DataAccessResourceFailureException("index row size 20000 exceeds maximum",
				new SQLException("index row size 20000 exceeds maximum", "54000"))))
			.isEqualTo(FailureKind.REFUSED);
	}

	@Test
	@DisplayName("F5: a violated constraint of Bean Validation, which is not on this class path, is of the row")
	void violatedConstraintOfBeanValidationIsOfTheRow() throws Exception {
		Class<? extends RuntimeException> type = new ByteBuddy().subclass(RuntimeException.class)
			.name("jakarta.validation.ValidationException")
			.make()
			.load(getClass().getClassLoader())
			.getLoaded();
		RuntimeException violation = type.getConstructor(String.class).newInstance("name must not be blank");
		assertThat(kindOf(new TransactionSystemException("commit", violation))).isEqualTo(FailureKind.REFUSED);
	}

	@Test
	@DisplayName("F5: a driver that gives up waiting for an answer, whatever the state of its exception")
	void answerThatDoesNotComeIsATimeout() {
		SQLException broken = new SQLException("An I/O error occurred", "08006",
				new SocketTimeoutException("Read timed out"));
		assertThat(kindOf(new DataAccessResourceFailureException("broken", broken))).isEqualTo(FailureKind.TIMEOUT);
	}

	@Test
	@DisplayName("F5: an outage that was told by no code")
	void exceptionsOfResourcesAreOfTheResource() {
		assertThat(kindOf(new DataAccessResourceFailureException("away"))).isEqualTo(FailureKind.RESOURCE);
		assertThat(kindOf(new TransientDataAccessResourceException("away"))).isEqualTo(FailureKind.RESOURCE);
		assertThat(kindOf(new IllegalStateException(new SocketException("reset")))).isEqualTo(FailureKind.RESOURCE);
		assertThat(kindOf(new IllegalStateException(new SocketTimeoutException("Connect timed out"))))
			.isEqualTo(FailureKind.RESOURCE);
		assertThat(kindOf(new IllegalStateException(new SQLRecoverableException("closed"))))
			.isEqualTo(FailureKind.RESOURCE);
		assertThat(kindOf(new OutOfMemoryError())).isEqualTo(FailureKind.RESOURCE);
		assertThat(kindOf(new StackOverflowError())).isEqualTo(FailureKind.UNCLEAR);
		assertThat(kindOf(new IllegalStateException("unknown"))).isEqualTo(FailureKind.UNCLEAR);
	}

	@Test
	void callThatTakesTooLongIsATimeout() {
		assertThat(kindOf(new QueryTimeoutException("slow"))).isEqualTo(FailureKind.TIMEOUT);
		assertThat(kindOf(new IllegalStateException(new SQLTimeoutException("slow")))).isEqualTo(FailureKind.TIMEOUT);
	}

	@Test
	@DisplayName("F5: a rollback that fails does not hide why there was one")
	void rollbackThatFailedHidesNothing() {
		TransactionSystemException ex = new TransactionSystemException("Could not roll back JPA transaction",
				new SQLException("Unable to rollback", "08003"));
		ex.initApplicationException(new DataIntegrityViolationException("refused"));
		assertThat(kindOf(ex)).isEqualTo(FailureKind.REFUSED);
		TransactionSystemException lost = new TransactionSystemException("Could not roll back JPA transaction",
				new SQLException("Unable to rollback"));
		lost.initApplicationException(new UncategorizedSQLException("flush", "update",
				new SQLException("terminating connection due to administrator command", "57P01")));
		assertThat(kindOf(lost)).isEqualTo(FailureKind.RESOURCE);
		assertThat(StoreFailure.of(lost).words().text()).isEqualTo("57P01 0");
	}

	@Test
	@DisplayName("F5: a pool without a connection left is no outage, a database without one to be had is")
	void exhaustedPoolIsToldFromAnOutage() {
		SQLException inUse = new SQLTransientConnectionException("HikariPool-1 - Connection is not available, "
				+ "request timed out after 250ms (total=10, active=10, idle=0, waiting=3)");
		assertThat(kindOf(new CannotCreateTransactionException("no transaction", new IllegalStateException(inUse))))
			.isEqualTo(FailureKind.UNSERVED);
		assertThat(kindOf(new CannotGetJdbcConnectionException("no connection", inUse)))
			.isEqualTo(FailureKind.UNSERVED);
		SQLException refused = new SQLTransientConnectionException(
				"HikariPool-1 - Connection is not available, "
						+ "request timed out after 250ms (total=10, active=10, idle=0, waiting=3)",
				"08001", new SQLException("Connection refused", "08001"));
		assertThat(kindOf(new CannotCreateTransactionException("no transaction", refused)))
			.isEqualTo(FailureKind.UNREACHABLE);
		SQLException hanging = new SQLTransientConnectionException("HikariPool-1 - Connection is not available, "
				+ "request timed out after 250ms (total=0, active=0, idle=0, waiting=0)");
		assertThat(kindOf(new CannotCreateTransactionException("no transaction", hanging)))
			.isEqualTo(FailureKind.UNREACHABLE);
		SQLException dbcp = new SQLException("Cannot get a connection, pool error Timeout waiting for idle object",
				new NoSuchElementException("Timeout waiting for idle object"));
		assertThat(kindOf(new CannotGetJdbcConnectionException("no connection", dbcp))).isEqualTo(FailureKind.UNSERVED);
		assertThat(kindOf(new CannotCreateTransactionException("closed", new IllegalStateException("closed"))))
			.isEqualTo(FailureKind.UNREACHABLE);
	}

	@Test
	@DisplayName("F5: the words of a database are its codes, those of others type and message")
	void wordsAreComparable() {
		assertThat(StoreFailure.of(new UncategorizedSQLException("a", "b", new SQLException("row 1", "25006", 7))))
			.isEqualTo(StoreFailure.of(new UncategorizedSQLException("c", "d", new SQLException("row 2", "25006", 7))));
		assertThat(StoreFailure.of(new IllegalStateException("row 1")).words())
			.isNotEqualTo(StoreFailure.of(new IllegalStateException("row 2")).words())
			.isNotEqualTo(StoreFailure.of(new IllegalArgumentException("row 1")).words())
			.isEqualTo(StoreFailure.of(new RuntimeException(new IllegalStateException("row 1"))).words());
	}

	@Test
	void causeThatIsItsOwnCauseEnds() {
		RuntimeException outer = new RuntimeException("outer");
		RuntimeException inner = new RuntimeException("inner", outer);
		outer.initCause(inner);
		assertThat(kindOf(outer)).isEqualTo(FailureKind.UNCLEAR);
	}

}
