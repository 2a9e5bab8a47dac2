package io.cachepolicy.benchmarks.peers;

import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.cachepolicy.benchmarks.Database;

/**
 * What all peers of a study have in common.
 *
 * @param database where the table is
 * @param size how many products a cache holds
 * @param meter puts a meter between a peer and the database
 */
public record Setting(Database database, int size, UnaryOperator<DataSource> meter) {

	/**
	 * Rows per batch.
	 */
	public static final int BATCH_SIZE = 500;

	HikariDataSource pool() {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(this.database.url());
		return pool;
	}

}
