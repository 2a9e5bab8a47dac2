package io.cachepolicy.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * An embedded PostgreSQL, with the settings that it comes with.
 */
public final class Database implements AutoCloseable {

	private final EmbeddedPostgres postgres;

	private Database(EmbeddedPostgres postgres) {
		this.postgres = postgres;
	}

	/**
	 * Start a database that is empty.
	 * @return the database
	 */
	public static Database start() {
		try {
			return new Database(EmbeddedPostgres.builder().start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return where the database is.
	 * @return the URL, with the user
	 */
	public String url() {
		return this.postgres.getJdbcUrl("postgres", "postgres");
	}

	/**
	 * Connect.
	 * @return a new connection
	 * @throws SQLException if that fails
	 */
	public Connection connect() throws SQLException {
		return DriverManager.getConnection(url());
	}

	/**
	 * Execute a statement.
	 * @param sql the statement
	 */
	public void execute(String sql) {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Ask for a number.
	 * @param sql a query for one number
	 * @return the number
	 */
	public long query(String sql) {
		try (Connection connection = connect();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.postgres.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
