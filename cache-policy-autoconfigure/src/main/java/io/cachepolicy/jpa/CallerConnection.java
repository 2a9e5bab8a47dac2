package io.cachepolicy.jpa;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Set;
import java.util.function.Supplier;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The connection of the caller's transaction, on which something is done in a session of
 * its own. Neither the caller's session nor its transaction know of it: what fails there
 * would end them. What was done in vain is taken back by a savepoint.
 */
final class CallerConnection {

	private static final Log logger = LogFactory.getLog(CallerConnection.class);

	/**
	 * What would end the transaction of the caller, or change its connection.
	 */
	private static final Set<String> CALLERS_ALONE = Set.of("commit", "setAutoCommit", "close", "abort", "setReadOnly",
			"setTransactionIsolation");

	private final EntityManagerFactory entityManagerFactory;

	private final SessionFactoryImplementor sessionFactory;

	CallerConnection(EntityManagerFactory entityManagerFactory, SessionFactoryImplementor sessionFactory) {
		this.entityManagerFactory = entityManagerFactory;
		this.sessionFactory = sessionFactory;
	}

	/**
	 * Do something in a session of its own, which is that of the thread meanwhile.
	 * @param <T> the type of the result
	 * @param caller the session of the caller, in a transaction
	 * @param action the action
	 * @return its result, {@code null} if it failed and was taken back
	 */
	<T> @Nullable T execute(SessionImplementor caller, Supplier<T> action) {
		Connection connection = caller.getJdbcCoordinator().getLogicalConnection().getPhysicalConnection();
		Savepoint savepoint;
		try {
			savepoint = connection.setSavepoint();
		}
		catch (SQLException ex) {
			logger.debug("There is no savepoint", ex);
			return null;
		}
		T result;
		try {
			result = executeInSession(connection, action);
		}
		catch (Throwable ex) {
			rollBack(connection, savepoint, ex);
			if (ex instanceof Error error) {
				throw error;
			}
			logger.debug("What is pending can't be stored in the transaction of another caller", ex);
			return null;
		}
		release(connection, savepoint);
		return result;
	}

	private static void rollBack(Connection connection, Savepoint savepoint, Throwable failure) {
		try {
			connection.rollback(savepoint);
		}
		catch (SQLException ex) {
			// The transaction is lost, as after a deadlock on some databases
			IllegalStateException lost = new IllegalStateException("The transaction was ended by the database",
					failure);
			lost.addSuppressed(ex);
			throw lost;
		}
	}

	private static void release(Connection connection, Savepoint savepoint) {
		try {
			connection.releaseSavepoint(savepoint);
		}
		catch (SQLException ex) {
			// Some databases only have those that end with the transaction
			logger.trace("A savepoint can't be released", ex);
		}
	}

	private <T> T executeInSession(Connection connection, Supplier<T> action) {
		try (SessionImplementor session = this.sessionFactory.withOptions()
			.connection(withoutEnd(connection))
			.openSession()) {
			session.getTransaction().begin();
			boolean done = false;
			try {
				T result = executeAsCurrent(session, action);
				session.getTransaction().commit();
				done = true;
				return result;
			}
			finally {
				if (!done && session.getTransaction().isActive()) {
					session.getTransaction().rollback();
				}
			}
		}
	}

	private <T> T executeAsCurrent(EntityManager session, Supplier<T> action) {
		Object bound = TransactionSynchronizationManager.unbindResource(this.entityManagerFactory);
		TransactionSynchronizationManager.bindResource(this.entityManagerFactory, new Holder(session));
		try {
			return action.get();
		}
		finally {
			TransactionSynchronizationManager.unbindResource(this.entityManagerFactory);
			TransactionSynchronizationManager.bindResource(this.entityManagerFactory, bound);
		}
	}

	private static Connection withoutEnd(Connection connection) {
		return (Connection) Proxy.newProxyInstance(CallerConnection.class.getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
					boolean rollback = method.getName().equals("rollback") && method.getParameterCount() == 0;
					if (rollback || CALLERS_ALONE.contains(method.getName())) {
						return null;
					}
					try {
						return method.invoke(connection, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

	/**
	 * A session in a transaction, which is joined by what needs one.
	 */
	private static final class Holder extends EntityManagerHolder {

		Holder(EntityManager session) {
			super(session);
			setTransactionActive(true);
			setSynchronizedWithTransaction(true);
		}

	}

}
