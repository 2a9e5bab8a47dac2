package io.cachepolicy.benchmarks.peers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;

import io.cachepolicy.benchmarks.app.AbstractProduct;

/**
 * The limit: a batch of upserts through JDBC, nothing around it.
 */
public final class JdbcUpsert {

	private static final String SQL = """
			insert into %s (available, changed, description, name, price, stock, id) values (?, ?, ?, ?, ?, ?, ?)
			on conflict (id) do update set available = excluded.available, changed = excluded.changed,
			description = excluded.description, name = excluded.name, price = excluded.price, stock = excluded.stock""";

	private JdbcUpsert() {
	}

	/**
	 * Write products on a connection of its own, one transaction per batch.
	 * @param url the URL of the database
	 * @param table the table
	 * @param products the products
	 * @param batchSize the size of a batch
	 */
	public static void write(String url, String table, List<? extends AbstractProduct> products, int batchSize) {
		try (Connection connection = DriverManager.getConnection(url)) {
			write(connection, table, products, batchSize);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Write products, one transaction per batch.
	 * @param connection the connection
	 * @param table the table
	 * @param products the products
	 * @param batchSize the size of a batch
	 * @throws SQLException if that fails
	 */
	static void write(Connection connection, String table, List<? extends AbstractProduct> products, int batchSize)
			throws SQLException {
		connection.setAutoCommit(false);
		try (PreparedStatement statement = connection.prepareStatement(SQL.formatted(table))) {
			for (int start = 0; start < products.size(); start += batchSize) {
				for (AbstractProduct product : products.subList(start, Math.min(start + batchSize, products.size()))) {
					bind(statement, product);
					statement.addBatch();
				}
				statement.executeBatch();
				connection.commit();
			}
		}
	}

	private static void bind(PreparedStatement statement, AbstractProduct product) throws SQLException {
		statement.setBoolean(1, product.isAvailable());
		statement.setObject(2, product.getChanged().atOffset(ZoneOffset.UTC));
		statement.setString(3, product.getDescription());
		statement.setString(4, product.getName());
		statement.setBigDecimal(5, product.getPrice());
		statement.setInt(6, product.getStock());
		statement.setLong(7, product.getId());
	}

}
