package io.cachepolicy.writeback;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.UncategorizedSQLException;

import static org.assertj.core.api.Assertions.assertThat;

class StoreFailureTests {

	@ParameterizedTest
	@ValueSource(strings = { "08000", "08003", "08006", "53100", "53300", "57P01", "57P02", "57P03", "57P05", "58000",
			"58030" })
	@DisplayName("F1: a database that shuts down, starts or lacks resources is away")
	void ofStateOfServerIsAway(String state) {
		SQLException cause = new SQLException("FATAL: terminating connection due to unexpected postmaster exit", state);
		assertThat(StoreFailure.of(new UncategorizedSQLException("flush", "insert", cause)))
			.isEqualTo(StoreFailure.AWAY);
		SQLException batch = new BatchUpdateException("Batch entry 0 was aborted", new int[0], cause);
		assertThat(StoreFailure.of(new UncategorizedSQLException("flush", "insert", batch)))
			.isEqualTo(StoreFailure.AWAY);
	}

	@Test
	@DisplayName("F1: a deadlock that nobody translated is not an outage, and counts against no row")
	void ofRolledBackTransactionIsBusy() {
		assertThat(StoreFailure.of(new IllegalStateException(new SQLException("deadlock detected", "40P01"))))
			.isEqualTo(StoreFailure.BUSY);
		assertThat(StoreFailure.of(new IllegalStateException(new SQLTransactionRollbackException("deadlock"))))
			.isEqualTo(StoreFailure.BUSY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "22001", "23505", "42P01", "54000", "5", "" })
	@DisplayName("F1: a statement that fails refuses a row")
	void ofStateOfStatementIsRefused(String state) {
		SQLException cause = new SQLException("refused", state);
		assertThat(StoreFailure.of(new UncategorizedSQLException("flush", "insert", cause)))
			.isEqualTo(StoreFailure.REFUSED);
		assertThat(StoreFailure.of(new DataIntegrityViolationException("refused", cause)))
			.isEqualTo(StoreFailure.REFUSED);
	}

	@Test
	@DisplayName("F1: what Spring says of a row counts more than the state that the driver tells")
	void ofRefusedRowIsRefusedWhateverItsCause() {
		assertThat(StoreFailure.of(new DataIntegrityViolationException("refused", new SQLException("lost", "08006"))))
			.isEqualTo(StoreFailure.REFUSED);
	}

}
