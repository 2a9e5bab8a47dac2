package io.cachepolicy.faults;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.function.Supplier;

import io.cachepolicy.WriteNotRecordedException;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.testsupport.MemoryLog;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.TransientDataAccessResourceException;

/**
 * A failure that can be injected.
 *
 * @param name tells it from others
 * @param breaking whether the connection is of no use from then on
 * @param thrown makes what is thrown
 */
record Fault(String name, boolean breaking, Supplier<Throwable> thrown) {

	/**
	 * What is the store's: it must not make a dead letter.
	 */
	static final List<Fault> OF_STORE = List.of(
			// The connection, of any database
			broken("08006", 0), broken("08003", 0), broken("08007", 0), broken("57P01", 0), broken("57P02", 0),
			broken("08S01", 0), oracle(3113, true), oracle(17002, true), h2(90067, true), h2(90121, true),
			// PostgreSQL: read-only, table or privilege missing, full, memory,
			// connections,
			// starting up, disk
			sql("25006", 0), sql("42P01", 0), sql("42501", 0), sql("3F000", 0), sql("53100", 0), sql("53200", 0),
			sql("53300", 0), sql("57P03", 0), sql("58030", 0),
			// MySQL and MariaDB
			sql("HY000", 1290), sql("HY000", 1836), sql("25006", 1792), sql("HY000", 1223), sql("42S02", 1146),
			sql("42000", 1142), sql("HY000", 1021), sql("HY000", 1114), sql("HY000", 1030), sql("HY000", 1180),
			sql("HY001", 1037), sql("HY000", 1041), sql("08004", 1040), sql("42000", 1203), sql("42000", 1226),
			sql("08S01", 1053), sql("08S01", 1047),
			// H2, Oracle, SQL Server
			h2(90097, false), h2(90100, false), h2(42102, false), oracle(16000, false), oracle(372, false),
			oracle(942, false), oracle(1653, false), oracle(1089, false), sql("S0002", 3906), sql("S0001", 9002),
			sql("S0001", 1105), sql("S0001", 229), sql("S0001", 40613), batch("53100", 0));

	/**
	 * What the call of another one is to blame for, or time: it must not make a dead
	 * letter.
	 */
	static final List<Fault> OF_OTHERS = List.of(sql("40001", 0), sql("40P01", 0), sql("55P03", 0), sql("57014", 0),
			sql("HY000", 1205), sql("40001", 1213), sql("HY000", 3572), sql("HY000", 1020), sql("70100", 1317),
			oracle(60, false), oracle(8177, false), sql("S0001", 1222), h2(50200, false));

	/**
	 * What is said of something slow, after a while: it must not make a dead letter.
	 */
	static final List<Fault> OF_TIME = List.of(timeout("57014", 0), timeout("HY000", 3024), timeout("70100", 1969),
			timeout("57014", 57014), timeout("72000", 1013), timeout("HY008", 0));

	/**
	 * What a database answers that can't be connected to: pools try again for a while.
	 */
	static final List<Fault> OF_CONNECT = List.of(sql("08001", 0), sql("53300", 0), sql("57P03", 0), sql("08004", 1040),
			new Fault("refused", false,
					() -> new SQLException("injected", "08001", new java.net.ConnectException("Connection refused"))));

	/**
	 * What says something of a row.
	 */
	static final List<Fault> OF_ROW = List.of(sql("23505", 0), sql("23503", 0), sql("23502", 0), sql("23514", 0),
			sql("22001", 0), sql("22003", 0), sql("22P02", 0), sql("54000", 0), sql("44000", 0), sql("P0001", 0),
			sql("23000", 1062), sql("22001", 1406), sql("23000", 1452), oracle(1, false), sql("S0001", 2627),
			h2(23505, false), batch("23505", 0), batch("22001", 1406));

	/**
	 * What says nothing by itself.
	 */
	static final List<Fault> UNCLEAR = List.of(sql(null, 0), sql("XX000", 0), sql("0A000", 0), sql("99999", 17),
			new Fault("unchecked", false, () -> new IllegalStateException("injected")),
			new Fault("transient", false, () -> new TransientDataAccessResourceException("injected")),
			new Fault("memory", false, () -> new OutOfMemoryError("injected")),
			new Fault("stack", false, StackOverflowError::new),
			new Fault("linkage", false, () -> new NoClassDefFoundError("injected")),
			new Fault("assertion", false, () -> new AssertionError("injected")));

	/**
	 * What hides whether a commit was done.
	 */
	static final List<Fault> OF_ANSWER = List.of(broken("08006", 0), broken("08007", 0), broken("57P01", 0),
			broken("08S01", 0), oracle(3113, true), sql("40003", 0),
			new Fault("reset", true, () -> new SQLException("injected", new java.io.IOException("Connection reset"))));

	/**
	 * What a pool answers that has no connection.
	 */
	static final List<Fault> OF_POOL = List.of(new Fault("exhausted", false, () -> pool(8, null)),
			new Fault("unreachable", false, () -> pool(0, "08001")));

	/**
	 * What the application's code throws.
	 */
	static final List<Fault> OF_CODE = List.of(
			new Fault("runtime", false, () -> new IllegalArgumentException("injected")),
			new Fault("memory", false, () -> new OutOfMemoryError("injected")),
			new Fault("stack", false, StackOverflowError::new),
			new Fault("linkage", false, () -> new ExceptionInInitializerError("injected")),
			new Fault("assertion", false, () -> new AssertionError("injected")));

	/**
	 * What a log answers that takes nothing.
	 */
	static final List<Fault> OF_LOG = List.of(
			new Fault("full", false, () -> new WriteRefusedException("injected: the disk is full")),
			new Fault("codec", false, () -> new IllegalArgumentException("injected: not encoded")),
			new Fault("memory", false, () -> new OutOfMemoryError("injected")),
			new Fault("linkage", false, () -> new NoClassDefFoundError("injected")),
			new Fault("stack", false, StackOverflowError::new), new Fault("declined", false, MemoryLog.Declined::new));

	/**
	 * What a log answers that can't be forced.
	 */
	static final List<Fault> OF_DISK = List.of(
			new Fault("not recorded", false,
					() -> new WriteNotRecordedException("injected", new java.io.IOException("injected"))),
			new Fault("memory", false, () -> new OutOfMemoryError("injected")),
			new Fault("declined", false, MemoryLog.Declined::new));

	private static Fault sql(@Nullable String state, int code) {
		return new Fault(state + "/" + code, false, () -> new SQLException("injected", state, code));
	}

	private static Fault h2(int code, boolean breaking) {
		return new Fault("H2 " + code, breaking, () -> new SQLException("injected", String.valueOf(code), code));
	}

	private static Fault oracle(int code, boolean breaking) {
		String name = "ORA-%05d".formatted(code);
		return new Fault(name, breaking, () -> new SQLException(name + ": injected", "72000", code));
	}

	/**
	 * A batch of which the driver does not say how far it came.
	 */
	private static Fault batch(String state, int code) {
		return new Fault(state + "/" + code + " batch", false, () -> {
			BatchUpdateException ex = new BatchUpdateException("injected", state, code, new int[0]);
			ex.setNextException(new SQLException("injected", state, code));
			return ex;
		});
	}

	private static Fault timeout(String state, int code) {
		return new Fault(state + "/" + code + " timeout", false,
				() -> new SQLTimeoutException("injected", state, code));
	}

	private static Fault broken(String state, int code) {
		return new Fault(state + " broken", true, () -> new SQLException("injected", state, code));
	}

	private static SQLException pool(int total, @Nullable String state) {
		String message = "pool - Connection is not available, request timed out after 250ms "
				+ "(total=%1$d, active=%1$d, idle=0, waiting=3)";
		return new SQLTransientConnectionException(message.formatted(total), state,
				(state != null) ? new SQLException("Connection refused", state) : null);
	}

	@Override
	public String toString() {
		return this.name;
	}

}
