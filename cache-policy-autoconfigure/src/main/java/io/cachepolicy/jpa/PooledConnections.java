package io.cachepolicy.jpa;

import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.util.ClassUtils;

/**
 * What can be asked of a connection pool.
 */
final class PooledConnections {

	private static final boolean hikari = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
			PooledConnections.class.getClassLoader());

	private PooledConnections() {
	}

	/**
	 * Let a pool replace its connections: those in use when they are given back. Of pools
	 * other than HikariCP nothing is asked.
	 * @param dataSource the pool, or what leads to it
	 */
	static void evict(DataSource dataSource) {
		try {
			if (hikari) {
				Hikari.evict(dataSource);
			}
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("The connection pool can't be reached", ex);
		}
	}

	/**
	 * HikariCP, which may be absent.
	 */
	private static final class Hikari {

		static void evict(DataSource dataSource) throws SQLException {
			if (dataSource instanceof HikariDataSource || dataSource.isWrapperFor(HikariDataSource.class)) {
				HikariDataSource pool = (dataSource instanceof HikariDataSource itself) ? itself
						: dataSource.unwrap(HikariDataSource.class);
				HikariPoolMXBean bean = pool.getHikariPoolMXBean();
				if (bean != null) {
					bean.softEvictConnections();
				}
			}
		}

	}

}
