package io.cachepolicy.benchmarks.peers;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import io.cachepolicy.benchmarks.Database;
import io.cachepolicy.benchmarks.app.Product;
import org.jspecify.annotations.Nullable;

/**
 * The table of the products, through JDBC: the store of the peers that bring none.
 */
public final class ProductTable {

	private static final String NAME = "product";

	private static final String COLUMNS = "id, name, description, price, stock, available, changed";

	private static final String ALL = "select " + COLUMNS + " from " + NAME;

	private static final String ONE = ALL + " where id = ?";

	private final DataSource dataSource;

	ProductTable(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	@Nullable Product load(long id) {
		try (Connection connection = this.dataSource.getConnection();
				PreparedStatement statement = connection.prepareStatement(ONE)) {
			statement.setLong(1, id);
			try (ResultSet result = statement.executeQuery()) {
				return result.next() ? map(result) : null;
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	void save(List<Product> products) {
		try (Connection connection = this.dataSource.getConnection()) {
			JdbcUpsert.write(connection, NAME, products, Setting.BATCH_SIZE);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Create the table as Hibernate does, if it is missing, and empty it.
	 * @param database the database
	 */
	public static void reset(Database database) {
		database.execute("create table if not exists " + NAME + """
				 (available boolean not null, price numeric(38,2), stock integer not null,
				changed timestamp(6) with time zone, id bigint not null, description varchar(255),
				name varchar(255), primary key (id))""");
		database.execute("truncate table " + NAME + " cascade");
		database.execute("checkpoint");
	}

	/**
	 * Check that the table holds given products and no others.
	 * @param database the database
	 * @param expected the products by id
	 * @param peer who stored them
	 */
	public static void check(Database database, Map<Long, Product> expected, String peer) {
		Map<Long, Product> missing = new HashMap<>(expected);
		try (Connection connection = database.connect();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(ALL)) {
			while (result.next()) {
				Product found = map(result);
				if (!isSame(found, missing.remove(found.getId()))) {
					throw new IllegalStateException("%s: row %d is wrong".formatted(peer, found.getId()));
				}
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		if (!missing.isEmpty()) {
			throw new IllegalStateException("%s: %d rows are missing".formatted(peer, missing.size()));
		}
	}

	/**
	 * Return whether two products have the same state.
	 * @param one a product
	 * @param other another one, if any
	 * @return whether all attributes are equal
	 */
	public static boolean isSame(@Nullable Product one, @Nullable Product other) {
		if (one == null || other == null) {
			return one == other;
		}
		return one.getId() == other.getId() && one.getName().equals(other.getName())
				&& one.getDescription().equals(other.getDescription()) && one.getPrice().equals(other.getPrice())
				&& one.getStock() == other.getStock() && one.isAvailable() == other.isAvailable()
				&& one.getChanged().equals(other.getChanged());
	}

	private static Product map(ResultSet row) throws SQLException {
		Product product = new Product();
		product.set(row.getLong(1), row.getString(2), row.getString(3), row.getBigDecimal(4), row.getInt(5),
				row.getBoolean(6), row.getObject(7, OffsetDateTime.class).toInstant());
		return product;
	}

}
