package io.cachepolicy.testsupport;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Takes the database away from an application, and gives it back.
 */
public final class Outage implements BeanPostProcessor {

	private final AtomicBoolean losing = new AtomicBoolean();

	private final Set<Connection> used = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Kind kind;

	public void begin(Kind kind) {
		this.kind = kind;
	}

	/**
	 * Wait until the transactions have ended that were under way when this was called.
	 */
	public void awaitTransactions() {
		Set<Connection> underWay = Set.copyOf(this.used);
		Awaitility.await()
			.pollInterval(Duration.ofMillis(1))
			.until(() -> underWay.stream().noneMatch(this.used::contains));
	}

	public void end() {
		this.kind = null;
	}

	/**
	 * Let the next commit succeed and its answer get lost.
	 * @param losing whether that is to happen
	 */
	public void loseNextAnswer(boolean losing) {
		this.losing.set(losing);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource dataSource) ? new SwitchableDataSource(dataSource) : bean;
	}

	private Object invoke(Connection connection, Method method, Object @Nullable [] arguments) throws Throwable {
		if (this.kind == Kind.NO_STATEMENTS && method.getName().equals("prepareStatement")) {
			throw lost();
		}
		if (method.getName().equals("commit")) {
			beforeCommit(connection);
		}
		if (method.getName().equals("close")) {
			this.used.remove(connection);
		}
		try {
			return method.invoke(connection, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	private void beforeCommit(Connection connection) throws SQLException {
		if (this.kind != null) {
			connection.rollback();
			throw lost();
		}
		if (this.losing.getAndSet(false)) {
			connection.commit();
			throw lost();
		}
	}

	private static SQLException lost() {
		return new PSQLException("An I/O error occurred while sending to the backend.", PSQLState.CONNECTION_FAILURE);
	}

	/**
	 * How the database is away.
	 */
	public enum Kind {

		NO_CONNECTIONS, NO_STATEMENTS, NO_COMMITS

	}

	private final class SwitchableDataSource extends DelegatingDataSource {

		SwitchableDataSource(DataSource target) {
			super(target);
		}

		@Override
		public Connection getConnection() throws SQLException {
			if (Outage.this.kind == Kind.NO_CONNECTIONS) {
				throw new SQLTransientConnectionException("Connection is not available, request timed out");
			}
			Connection connection = super.getConnection();
			Outage.this.used.add(connection);
			return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(),
					new Class<?>[] { Connection.class },
					(proxy, method, arguments) -> invoke(connection, method, arguments));
		}

	}

}
