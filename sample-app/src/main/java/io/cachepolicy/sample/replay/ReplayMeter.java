package io.cachepolicy.sample.replay;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;

import javax.sql.DataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.stereotype.Component;

/**
 * Counts what reaches the database, where it leaves for the driver: queries, rows that
 * were committed, and the transactions that wrote them.
 */
@Component
@Profile("replay")
class ReplayMeter implements BeanPostProcessor {

	private final LongAdder queries = new LongAdder();

	private final LongAdder rows = new LongAdder();

	private final LongAdder transactions = new LongAdder();

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource dataSource) ? new MeteredDataSource(dataSource) : bean;
	}

	Counts counts() {
		return new Counts(this.queries.sum(), this.rows.sum(), this.transactions.sum());
	}

	private Connection meter(Connection connection) {
		AtomicLong uncommitted = new AtomicLong();
		return intercept(Connection.class, connection, (method, result) -> switch (method) {
			case "prepareStatement" -> meter((PreparedStatement) result, uncommitted);
			case "commit" -> committed(uncommitted.getAndSet(0));
			case "rollback" -> {
				uncommitted.set(0);
				yield result;
			}
			default -> result;
		});
	}

	private PreparedStatement meter(PreparedStatement statement, AtomicLong uncommitted) {
		return intercept(PreparedStatement.class, statement, (method, result) -> {
			switch (method) {
				case "executeQuery" -> this.queries.increment();
				case "executeUpdate" -> uncommitted.addAndGet((int) result);
				case "executeBatch" -> uncommitted.addAndGet(rows((int[]) result));
			}
			return result;
		});
	}

	private static int rows(int[] counts) {
		// A driver that can't tell the count of one statement says SUCCESS_NO_INFO
		return Arrays.stream(counts).map((count) -> (count != Statement.SUCCESS_NO_INFO) ? count : 1).sum();
	}

	private Object committed(long rows) {
		if (rows > 0) {
			this.rows.add(rows);
			this.transactions.increment();
		}
		return null;
	}

	private static <T> T intercept(Class<T> type, T target, BiFunction<String, Object, Object> afterCall) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				try {
					return afterCall.apply(method.getName(), method.invoke(target, arguments));
				}
				catch (InvocationTargetException ex) {
					throw ex.getTargetException();
				}
			}));
	}

	/**
	 * What was counted since the start.
	 *
	 * @param queries the number of queries
	 * @param rows the number of rows that were written
	 * @param transactions the number of transactions that wrote rows
	 */
	record Counts(long queries, long rows, long transactions) {

		Counts since(Counts start) {
			return new Counts(this.queries - start.queries, this.rows - start.rows,
					this.transactions - start.transactions);
		}

	}

	private final class MeteredDataSource extends DelegatingDataSource {

		private MeteredDataSource(DataSource dataSource) {
			super(dataSource);
		}

		@Override
		public Connection getConnection() throws SQLException {
			return meter(super.getConnection());
		}

	}

}
