package io.cachepolicy.faults;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * A database whose connections and statements fail. A pool takes it for the driver.
 */
final class FaultyDriver extends AbstractDataSource {

	private final Connections connections;

	private final Faults faults;

	FaultyDriver(String url, Faults faults) {
		this(() -> DriverManager.getConnection(url), faults);
	}

	/**
	 * Create a database.
	 * @param connections yields connections that work
	 * @param faults decides how they fail
	 */
	FaultyDriver(Connections connections, Faults faults) {
		this.connections = connections;
		this.faults = faults;
	}

	@Override
	public Connection getConnection() throws SQLException {
		Fault fault = this.faults.find(Point.CONNECT);
		if (fault != null) {
			throw (SQLException) fault.thrown().get();
		}
		return new FaultyConnection(this.connections.get()).proxy();
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return getConnection();
	}

	private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
			throws Throwable {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	private final class FaultyConnection {

		private final Connection target;

		private volatile boolean broken;

		FaultyConnection(Connection target) {
			this.target = target;
		}

		Connection proxy() {
			return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, arguments) -> call((Connection) proxy, method, arguments));
		}

		private @Nullable Object call(Connection proxy, Method method, Object @Nullable [] arguments) throws Throwable {
			String name = method.getName();
			switch (name) {
				case "close", "abort" -> {
					return invoke(this.target, method, arguments);
				}
				case "isClosed", "hashCode" -> {
					return invoke(this.target, method, arguments);
				}
				case "equals" -> {
					return arguments != null && proxy == arguments[0];
				}
				case "isValid" -> {
					return !this.broken && this.target.isValid(1);
				}
				default -> {
				}
			}
			check();
			switch (name) {
				case "setAutoCommit" -> {
					if (arguments != null && Boolean.FALSE.equals(arguments[0])) {
						fail(Point.BEGIN);
					}
				}
				case "commit" -> {
					return commit();
				}
				case "rollback" -> {
					return rollback(method, arguments);
				}
				case "setSavepoint", "releaseSavepoint" -> fail(Point.SAVEPOINT);
				case "prepareStatement", "prepareCall" -> {
					fail(Point.PREPARE);
					return new FaultyStatement(this, (Statement) invoke(this.target, method, arguments))
						.proxy(PreparedStatement.class, proxy);
				}
				case "createStatement" -> {
					return new FaultyStatement(this, (Statement) invoke(this.target, method, arguments))
						.proxy(Statement.class, proxy);
				}
				default -> {
				}
			}
			return invoke(this.target, method, arguments);
		}

		private @Nullable Object commit() throws Throwable {
			Fault before = FaultyDriver.this.faults.find(Point.COMMIT);
			if (before != null) {
				this.target.rollback();
				raise(before);
			}
			this.target.commit();
			FaultyDriver.this.faults.committed();
			Fault after = FaultyDriver.this.faults.find(Point.COMMITTED);
			if (after != null) {
				FaultyDriver.this.faults.lostAnswer();
				raise(after);
			}
			return null;
		}

		private @Nullable Object rollback(Method method, Object @Nullable [] arguments) throws Throwable {
			if (arguments != null) {
				fail(Point.SAVEPOINT);
				return invoke(this.target, method, arguments);
			}
			this.target.rollback();
			fail(Point.ROLLBACK);
			return null;
		}

		void check() throws SQLException {
			if (this.broken) {
				throw new SQLException("This connection has been closed", "08003");
			}
		}

		void fail(Point point) throws Throwable {
			Fault fault = FaultyDriver.this.faults.find(point);
			if (fault != null) {
				raise(fault);
			}
		}

		void raise(Fault fault) throws Throwable {
			if (fault.breaking()) {
				// The database rolls back what it hears no more of
				this.broken = true;
				if (!this.target.getAutoCommit()) {
					this.target.rollback();
				}
				this.target.close();
			}
			throw fault.thrown().get();
		}

	}

	private final class FaultyStatement {

		private final FaultyConnection connection;

		private final Statement target;

		private boolean poisoned;

		FaultyStatement(FaultyConnection connection, Statement target) {
			this.connection = connection;
			this.target = target;
		}

		<T extends Statement> T proxy(Class<T> type, Connection owner) {
			return type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> call(owner, method, arguments)));
		}

		private @Nullable Object call(Connection owner, Method method, Object @Nullable [] arguments) throws Throwable {
			String name = method.getName();
			if (name.equals("close") || name.equals("isClosed")) {
				return invoke(this.target, method, arguments);
			}
			this.connection.check();
			if (name.equals("getConnection")) {
				return owner;
			}
			if (arguments != null && arguments.length > 1 && arguments[1] instanceof String text) {
				this.poisoned |= text.startsWith(History.POISON);
			}
			if (!name.startsWith("execute")) {
				return invoke(this.target, method, arguments);
			}
			if (this.poisoned) {
				this.poisoned = false;
				Fault poison = FaultyDriver.this.faults.poison();
				if (poison != null) {
					this.connection.raise(poison);
				}
			}
			this.connection.fail(Point.EXECUTE);
			Object result = invoke(this.target, method, arguments);
			this.connection.fail(Point.EXECUTED);
			return result;
		}

	}

	/**
	 * Yields connections.
	 */
	@FunctionalInterface
	interface Connections {

		Connection get() throws SQLException;

	}

}
