package io.cachepolicy.benchmarks.peers;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Counts what reaches the database, where it leaves for the driver.
 */
public final class StoreMeter {

	private final LongAdder queries = new LongAdder();

	private final LongAdder rows = new LongAdder();

	private final LongAdder calls = new LongAdder();

	/**
	 * Put this meter before a data source.
	 * @param dataSource the data source
	 * @return what is to be used in its place
	 */
	public DataSource meter(DataSource dataSource) {
		return new DelegatingDataSource(dataSource) {

			@Override
			public Connection getConnection() throws SQLException {
				return meter(super.getConnection());
			}

		};
	}

	/**
	 * Return what was counted.
	 * @return the numbers, from the beginning
	 */
	public Counts counts() {
		return new Counts(this.queries.sum(), this.rows.sum(), this.calls.sum());
	}

	private Connection meter(Connection connection) {
		AtomicLong uncommitted = new AtomicLong();
		return (Connection) intercept(Connection.class, connection, (method, result) -> {
			switch (method) {
				case "commit" -> this.rows.add(uncommitted.getAndSet(0));
				case "rollback" -> uncommitted.set(0);
			}
		}, uncommitted);
	}

	private Object meter(PreparedStatement statement, AtomicLong uncommitted) {
		return intercept(PreparedStatement.class, statement, (method, result) -> {
			switch (method) {
				case "executeQuery" -> this.queries.increment();
				case "executeUpdate" -> written(uncommitted, (int) result);
				case "executeBatch" -> written(uncommitted, rows((int[]) result));
			}
		}, uncommitted);
	}

	private void written(AtomicLong uncommitted, int rows) {
		uncommitted.addAndGet(rows);
		this.calls.increment();
	}

	private static int rows(int[] counts) {
		// A driver that can't tell the count of one statement says SUCCESS_NO_INFO
		return Arrays.stream(counts).map((count) -> (count != Statement.SUCCESS_NO_INFO) ? count : 1).sum();
	}

	private <T> Object intercept(Class<T> type, T target, BiConsumer<String, Object> afterCall,
			AtomicLong uncommitted) {
		return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
			try {
				Object result = method.invoke(target, arguments);
				afterCall.accept(method.getName(), result);
				boolean prepared = method.getName().equals("prepareStatement");
				return prepared ? meter((PreparedStatement) result, uncommitted) : result;
			}
			catch (InvocationTargetException ex) {
				throw ex.getTargetException();
			}
		});
	}

	/**
	 * What was counted.
	 *
	 * @param queries the number of queries
	 * @param rows the number of rows that were written and committed
	 * @param calls the number of updates or batches that wrote them
	 */
	public record Counts(long queries, long rows, long calls) {

		/**
		 * Return what was counted since a start.
		 * @param start what had been counted before
		 * @return the difference
		 */
		public Counts since(Counts start) {
			return new Counts(this.queries - start.queries, this.rows - start.rows, this.calls - start.calls);
		}

	}

}
