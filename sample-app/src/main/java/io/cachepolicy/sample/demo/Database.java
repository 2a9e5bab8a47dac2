package io.cachepolicy.sample.demo;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.stereotype.Component;

/**
 * Stands between the application and its database: counts the rows that transactions
 * write, where they leave for the driver, and can be told to refuse connections, as a
 * database does that is away. Transactions that have their connection already go on.
 */
@Component
@Profile("!replay")
class Database implements BeanPostProcessor {

	// The class "connection exception" of the SQL standard
	private static final String CONNECTION_FAILURE = "08006";

	private static final Pattern WRITE = Pattern.compile(
			"\\s*(?:insert\\s+into|update|merge\\s+into|delete\\s+from)\\s+(\\w+).*",
			Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	private final Map<String, LongAdder> rows = new ConcurrentHashMap<>();

	private volatile boolean away;

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource dataSource) ? new GuardedDataSource(dataSource) : bean;
	}

	boolean isAway() {
		return this.away;
	}

	void setAway(boolean away) {
		this.away = away;
	}

	// Inserted, updated and deleted by transactions that were committed
	long rowsWritten(String table) {
		LongAdder count = this.rows.get(table);
		return (count != null) ? count.sum() : 0;
	}

	private Connection counting(Connection connection) {
		Map<String, Long> uncommitted = new HashMap<>();
		return intercept(Connection.class, connection, (method, arguments, result) -> {
			switch (method) {
				case "prepareStatement" -> {
					return counting((PreparedStatement) result, (String) arguments[0], uncommitted);
				}
				case "commit" -> commit(uncommitted);
				case "rollback" -> uncommitted.clear();
			}
			return result;
		});
	}

	private static PreparedStatement counting(PreparedStatement statement, String sql, Map<String, Long> uncommitted) {
		Matcher matcher = WRITE.matcher(sql);
		if (!matcher.matches()) {
			return statement;
		}
		String table = matcher.group(1);
		return intercept(PreparedStatement.class, statement, (method, arguments, result) -> {
			switch (method) {
				case "executeUpdate" -> uncommitted.merge(table, (long) (int) result, Long::sum);
				case "executeBatch" -> uncommitted.merge(table, rows((int[]) result), Long::sum);
			}
			return result;
		});
	}

	private static long rows(int[] counts) {
		// A driver that can't tell the count of one statement says SUCCESS_NO_INFO
		return Arrays.stream(counts).map((count) -> (count != Statement.SUCCESS_NO_INFO) ? count : 1).sum();
	}

	private void commit(Map<String, Long> uncommitted) {
		uncommitted.forEach((table, count) -> this.rows.computeIfAbsent(table, (name) -> new LongAdder()).add(count));
		uncommitted.clear();
	}

	private static <T> T intercept(Class<T> type, T target, AfterCall afterCall) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				try {
					return afterCall.apply(method.getName(), arguments, method.invoke(target, arguments));
				}
				catch (InvocationTargetException ex) {
					throw ex.getTargetException();
				}
			}));
	}

	private interface AfterCall {

		Object apply(String method, Object[] arguments, Object result);

	}

	private final class GuardedDataSource extends DelegatingDataSource {

		private GuardedDataSource(DataSource dataSource) {
			super(dataSource);
		}

		@Override
		public Connection getConnection() throws SQLException {
			if (Database.this.away) {
				throw new SQLTransientConnectionException("The database is away", CONNECTION_FAILURE);
			}
			return counting(super.getConnection());
		}

	}

}
