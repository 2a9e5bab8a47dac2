package io.cachepolicy.writeback;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What SQLSTATEs and the codes of databases say of a failure. What is not in these tables
 * says nothing by itself.
 */
final class SqlCodes {

	private static final Map<String, FailureKind> BY_STATE = new HashMap<>();

	private static final Map<String, FailureKind> BY_CLASS = new HashMap<>();

	private static final Map<Integer, FailureKind> MYSQL = new HashMap<>();

	private static final Map<Integer, FailureKind> H2 = new HashMap<>();

	private static final Map<Integer, FailureKind> ORACLE = new HashMap<>();

	private static final Map<Integer, FailureKind> SQL_SERVER = new HashMap<>();

	/**
	 * The states under which MySQL and MariaDB report what has none of its own.
	 */
	private static final Set<String> MYSQL_STATES = Set.of("HY000", "HY001", "42000", "08S01", "08004", "70100",
			"40001", "25006", "42S02");

	static {
		standard();
		mysql();
		h2();
		oracle();
		sqlServer();
	}

	private SqlCodes() {
	}

	private static void standard() {
		// Values: data, integrity, check option, program limit, as of a row in an index,
		// and what triggers raise
		ofClasses(FailureKind.REFUSED, "22", "23", "27", "44", "45", "54", "P0");
		ofClasses(FailureKind.BUSY, "40");
		ofClasses(FailureKind.RESOURCE, "08", "53", "57", "58");
		// Lock not available
		ofStates(FailureKind.BUSY, "55P03");
		// Query cancelled, as by a statement_timeout
		ofStates(FailureKind.TIMEOUT, "57014", "HYT00");
		// Read-only transaction
		ofStates(FailureKind.READ_ONLY, "25006");
		// Undefined table or schema; insufficient privilege
		ofStates(FailureKind.UNWRITABLE, "42P01", "42S02", "3F000", "42501");
	}

	/**
	 * MySQL and MariaDB.
	 */
	private static void mysql() {
		// Read-only server, by option or mode; read-only transaction; global read lock
		of(MYSQL, FailureKind.READ_ONLY, 1290, 1836, 1792, 1223);
		// No such table; access denied for a table or column
		of(MYSQL, FailureKind.UNWRITABLE, 1146, 1142, 1143);
		// Disk or table full; storage engine, commit; memory; connections of all and of a
		// user; shutdown; a cluster's node that is not ready
		of(MYSQL, FailureKind.RESOURCE, 1021, 1114, 1030, 1180, 1037, 1041, 1040, 1203, 1226, 1053, 1047);
		// Lock wait timeout, lock table full, deadlock, NOWAIT, record has changed since
		// last read
		of(MYSQL, FailureKind.BUSY, 1205, 1206, 1213, 3572, 1020);
		// Query interrupted, execution time exceeded
		of(MYSQL, FailureKind.TIMEOUT, 1317, 3024, 1969);
	}

	private static void h2() {
		of(H2, FailureKind.READ_ONLY, 90097);
		// Table not found; not enough rights
		of(H2, FailureKind.UNWRITABLE, 42102, 42103, 42104, 90096);
		// No disk space, out of memory, closed, closed at shutdown, connection broken,
		// file locked
		of(H2, FailureKind.RESOURCE, 90100, 90108, 90098, 90121, 90067, 90020);
		of(H2, FailureKind.BUSY, 50200, 40001, 90131);
		of(H2, FailureKind.TIMEOUT, 57014);
	}

	private static void oracle() {
		of(ORACLE, FailureKind.READ_ONLY, 16000);
		// Read-only tablespace; no such table; privileges
		of(ORACLE, FailureKind.UNWRITABLE, 372, 942, 1031);
		// Sessions, processes, listeners; archiver; start, shutdown, not available;
		// quota, no space; connections
		of(ORACLE, FailureKind.RESOURCE, 18, 20, 12516, 12519, 12520, 257, 1033, 1034, 1089, 1090, 1092, 1012, 1536,
				1653, 1654, 1652, 1658, 19809, 19815, 28, 3113, 3114, 3135, 12541, 12170, 17002, 17008, 17410, 4031);
		of(ORACLE, FailureKind.BUSY, 54, 60, 8177, 30006);
		of(ORACLE, FailureKind.TIMEOUT, 1013);
	}

	private static void sqlServer() {
		// Read-only database, secondary replicas
		of(SQL_SERVER, FailureKind.READ_ONLY, 3906, 976, 978, 979);
		// No such object; permissions
		of(SQL_SERVER, FailureKind.UNWRITABLE, 208, 229, 230);
		// Log, filegroup or data file full; memory; shutdown; limits of sessions and
		// workers; replicas in transition; a database that is not available
		of(SQL_SERVER, FailureKind.RESOURCE, 9001, 9002, 1105, 1101, 701, 802, 6005, 10928, 10929, 10936, 17809, 982,
				983, 40501, 40197, 40613, 40544, 49918, 49919, 49920);
		of(SQL_SERVER, FailureKind.BUSY, 1205, 1222, 3960);
	}

	private static void ofClasses(FailureKind kind, String... classes) {
		for (String sqlClass : classes) {
			BY_CLASS.put(sqlClass, kind);
		}
	}

	private static void ofStates(FailureKind kind, String... states) {
		for (String state : states) {
			BY_STATE.put(state, kind);
		}
	}

	private static void of(Map<Integer, FailureKind> table, FailureKind kind, int... codes) {
		for (int code : codes) {
			table.put(code, kind);
		}
	}

	/**
	 * Return what the codes of an exception say.
	 * @param ex the exception of the driver, or of a pool
	 * @return the kind of failure, or {@code null} if they say nothing
	 */
	static @Nullable FailureKind kindOf(SQLException ex) {
		FailureKind kind = byCode(ex, String.valueOf(ex.getSQLState()));
		return (kind != null) ? kind : byState(String.valueOf(ex.getSQLState()));
	}

	private static @Nullable FailureKind byCode(SQLException ex, String state) {
		int code = ex.getErrorCode();
		if (code == 0) {
			return null;
		}
		if (String.valueOf(ex.getMessage()).contains("ORA-%05d".formatted(code))) {
			return ORACLE.get(code);
		}
		if (state.startsWith("S") || ex.getClass().getName().startsWith("com.microsoft.")) {
			return SQL_SERVER.get(code);
		}
		if (MYSQL_STATES.contains(state) && MYSQL.containsKey(code)) {
			return MYSQL.get(code);
		}
		// H2's states are its codes, but for those of the standard
		return (H2.containsKey(code)) ? H2.get(code) : null;
	}

	private static @Nullable FailureKind byState(String state) {
		FailureKind kind = BY_STATE.get(state);
		if (kind != null || state.length() != 5) {
			return kind;
		}
		return BY_CLASS.get(state.substring(0, 2).toUpperCase(Locale.ROOT));
	}

}
