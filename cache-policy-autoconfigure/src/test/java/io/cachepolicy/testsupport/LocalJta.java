package io.cachepolicy.testsupport;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import javax.sql.DataSource;
import javax.transaction.xa.XAResource;

import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.UserTransaction;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.util.ReflectionUtils;

/**
 * A JTA with one resource: a transaction has one connection of a data source, which it
 * commits. Spring and Hibernate see what an application server shows them.
 */
public class LocalJta implements TransactionManager, UserTransaction {

	private final ThreadLocal<@Nullable LocalTransaction> current = new ThreadLocal<>();

	/**
	 * Return a data source whose connections belong to the transaction of the thread.
	 * @param target makes the connections
	 * @return the data source
	 */
	public DataSource enlist(DataSource target) {
		return new DelegatingDataSource(target) {

			@Override
			public Connection getConnection() throws SQLException {
				LocalTransaction transaction = LocalJta.this.current.get();
				return (transaction != null) ? transaction.connection(target) : target.getConnection();
			}

		};
	}

	@Override
	public void begin() {
		if (this.current.get() != null) {
			throw new IllegalStateException("There is a transaction already");
		}
		this.current.set(new LocalTransaction());
	}

	@Override
	public void commit() throws RollbackException, SystemException {
		try {
			running().commit();
		}
		finally {
			this.current.remove();
		}
	}

	@Override
	public void rollback() throws SystemException {
		try {
			running().rollback();
		}
		finally {
			this.current.remove();
		}
	}

	private LocalTransaction running() {
		return Objects.requireNonNull(this.current.get(), "There is no transaction");
	}

	@Override
	public void setRollbackOnly() {
		running().setRollbackOnly();
	}

	@Override
	public int getStatus() {
		LocalTransaction transaction = this.current.get();
		return (transaction != null) ? transaction.getStatus() : Status.STATUS_NO_TRANSACTION;
	}

	@Override
	public @Nullable Transaction getTransaction() {
		return this.current.get();
	}

	@Override
	public @Nullable Transaction suspend() {
		LocalTransaction suspended = this.current.get();
		this.current.remove();
		return suspended;
	}

	@Override
	public void resume(Transaction transaction) {
		this.current.set((LocalTransaction) transaction);
	}

	@Override
	public void setTransactionTimeout(int seconds) {
	}

	/**
	 * A transaction.
	 */
	private static final class LocalTransaction implements Transaction {

		private final List<Synchronization> synchronizations = new ArrayList<>();

		private int status = Status.STATUS_ACTIVE;

		private @Nullable Connection connection;

		/**
		 * Return a handle of the connection of this transaction, which alone ends it.
		 * @param target makes it
		 * @return the handle
		 */
		Connection connection(DataSource target) throws SQLException {
			Connection own = this.connection;
			if (own == null) {
				own = target.getConnection();
				own.setAutoCommit(false);
				this.connection = own;
			}
			Connection used = own;
			return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, arguments) -> {
						boolean ending = List.of("close", "commit", "setAutoCommit").contains(method.getName())
								|| (method.getName().equals("rollback") && arguments == null);
						return (ending) ? null : ReflectionUtils.invokeMethod(method, used, arguments);
					});
		}

		@Override
		public void commit() throws RollbackException, SystemException {
			for (int i = 0; i < this.synchronizations.size() && this.status == Status.STATUS_ACTIVE; i++) {
				beforeCompletion(this.synchronizations.get(i));
			}
			if (this.status != Status.STATUS_ACTIVE) {
				rollback();
				throw new RollbackException("The transaction was marked to be rolled back");
			}
			end(Connection::commit, Status.STATUS_COMMITTED);
		}

		private void beforeCompletion(Synchronization synchronization) {
			try {
				synchronization.beforeCompletion();
			}
			catch (RuntimeException ex) {
				setRollbackOnly();
			}
		}

		@Override
		public void rollback() throws SystemException {
			end(Connection::rollback, Status.STATUS_ROLLEDBACK);
		}

		private void end(Ending ending, int status) throws SystemException {
			Connection own = this.connection;
			this.status = status;
			try {
				if (own != null) {
					ending.end(own);
					own.setAutoCommit(true);
					own.close();
				}
			}
			catch (SQLException ex) {
				this.status = Status.STATUS_UNKNOWN;
				throw new SystemException(ex.toString());
			}
			finally {
				Consumer<Synchronization> after = (synchronization) -> synchronization.afterCompletion(this.status);
				this.synchronizations.forEach(after);
			}
		}

		@Override
		public void setRollbackOnly() {
			this.status = Status.STATUS_MARKED_ROLLBACK;
		}

		@Override
		public int getStatus() {
			return this.status;
		}

		@Override
		public void registerSynchronization(Synchronization synchronization) {
			this.synchronizations.add(synchronization);
		}

		@Override
		public boolean enlistResource(XAResource resource) {
			return false;
		}

		@Override
		public boolean delistResource(XAResource resource, int flag) {
			return false;
		}

	}

	/**
	 * A way to end the work of a connection.
	 */
	@FunctionalInterface
	private interface Ending {

		void end(Connection connection) throws SQLException;

	}

}
