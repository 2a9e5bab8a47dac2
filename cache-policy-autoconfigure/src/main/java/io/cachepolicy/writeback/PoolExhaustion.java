package io.cachepolicy.writeback;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Tells a pool whose connections are all in use from a database that can't be reached:
 * both end with a pool that had no connection in time.
 */
final class PoolExhaustion {

	private static final int UCP_ALL_IN_USE = 45064;

	private PoolExhaustion() {
	}

	/**
	 * Return whether a pool had no connection left, of those that work.
	 * @param causes what was thrown, from the outermost to the innermost
	 * @return whether the callers before this one are to end first
	 */
	static boolean isIn(List<Throwable> causes) {
		for (int i = 0; i < causes.size(); i++) {
			if (isExhausted(causes.get(i), causes.subList(i + 1, causes.size()))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isExhausted(Throwable cause, List<Throwable> below) {
		if (cause instanceof SQLTransientConnectionException ex) {
			// HikariCP: state and cause are those of the last attempt to connect; without
			// connections there was one that has not ended
			return ex.getSQLState() == null && !String.valueOf(ex.getMessage()).contains("total=0,")
					&& below.stream().noneMatch(PoolExhaustion::isOfConnecting);
		}
		if (!(cause instanceof SQLException ex)) {
			return false;
		}
		// Tomcat's pool, Commons DBCP, Oracle's UCP
		return ex.getClass().getSimpleName().equals("PoolExhaustedException")
				|| (!below.isEmpty() && below.get(0) instanceof NoSuchElementException)
				|| ex.getErrorCode() == UCP_ALL_IN_USE;
	}

	private static boolean isOfConnecting(Throwable cause) {
		return cause instanceof SQLException || cause instanceof IOException;
	}

}
