package io.cachepolicy.testsupport;

import java.io.Serial;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;

import jakarta.persistence.EntityManager;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.transaction.SavepointManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;

/**
 * Hibernate's dialect with JDBC savepoints, which Spring's does not have, for nested
 * transactions.
 */
public class SavepointDialect extends HibernateJpaDialect {

	@Serial
	private static final long serialVersionUID = 1L;

	@Override
	public Object beginTransaction(EntityManager entityManager, TransactionDefinition definition) throws SQLException {
		Object data = super.beginTransaction(entityManager, definition);
		return new Savepoints(data, entityManager.unwrap(SessionImplementor.class));
	}

	@Override
	public void cleanupTransaction(@Nullable Object transactionData) {
		super.cleanupTransaction(
				(transactionData instanceof Savepoints savepoints) ? savepoints.data : transactionData);
	}

	/**
	 * The savepoints of one transaction.
	 */
	private static final class Savepoints implements SavepointManager {

		private final Object data;

		private final SessionImplementor session;

		Savepoints(Object data, SessionImplementor session) {
			this.data = data;
			this.session = session;
		}

		private Connection connection() {
			return this.session.getJdbcCoordinator().getLogicalConnection().getPhysicalConnection();
		}

		@Override
		public Object createSavepoint() {
			try {
				return connection().setSavepoint();
			}
			catch (SQLException ex) {
				throw new TransactionSystemException("No savepoint", ex);
			}
		}

		@Override
		public void rollbackToSavepoint(Object savepoint) {
			try {
				connection().rollback((Savepoint) savepoint);
			}
			catch (SQLException ex) {
				throw new TransactionSystemException("No way back", ex);
			}
		}

		@Override
		public void releaseSavepoint(Object savepoint) {
			try {
				connection().releaseSavepoint((Savepoint) savepoint);
			}
			catch (SQLException ex) {
				throw new TransactionSystemException("Not released", ex);
			}
		}

	}

}
