package io.cachepolicy.jpa;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Arrays;
import java.util.regex.Pattern;

import jakarta.persistence.EntityManagerFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;

/**
 * Whether the driver says how many rows each statement of a batch changed. Without that,
 * as by {@code useBulkStmts} of MariaDB's driver, nobody notices in a batch that a row
 * has another version.
 */
final class UpdateCounts {

	private static final Log logger = LogFactory.getLog(UpdateCounts.class);

	private static final Pattern AFFECTED_ROWS = Pattern.compile("[?&]useAffectedRows=(true|1)",
			Pattern.CASE_INSENSITIVE);

	private final EntityManagerFactory entityManagerFactory;

	private volatile boolean missing;

	private boolean known;

	UpdateCounts(EntityManagerFactory entityManagerFactory) {
		this.entityManagerFactory = entityManagerFactory;
	}

	/**
	 * Find out, if that is not known yet, by a batch that changes nothing.
	 * @param persister describes an entity that has a version
	 */
	synchronized void find(EntityPersister persister) {
		if (this.known) {
			return;
		}
		this.known = true;
		try {
			this.missing = this.entityManagerFactory.unwrap(SessionFactoryImplementor.class)
				.fromTransaction(
						(session) -> session.doReturningWork((connection) -> isMissing(connection, persister)));
		}
		catch (RuntimeException ex) {
			logger.debug("It is not known whether batches have update counts", ex);
		}
		if (this.missing) {
			logger.warn("The JDBC driver does not say how many rows a statement of a batch changed (MariaDB's does not "
					+ "with 'useBulkStmts'). So rows of entities with a @Version are written one by one, as nobody "
					+ "would notice conflicts otherwise. Remove the option from the JDBC URL, 'rewriteBatchedStatements' "
					+ "is fast as well.");
		}
	}

	private static boolean isMissing(Connection connection, EntityPersister persister) throws SQLException {
		String sql = "update %1$s set %2$s = %2$s where %2$s = ? and 1 = 0".formatted(persister.getTableName(),
				persister.getVersionMapping().getSelectionExpression());
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int i = 0; i < 2; i++) {
				statement.setNull(1, Types.NULL);
				statement.addBatch();
			}
			return Arrays.stream(statement.executeBatch()).anyMatch((count) -> count == Statement.SUCCESS_NO_INFO);
		}
	}

	/**
	 * Return whether the driver does not say it.
	 * @return whether rows with a version are not to be batched
	 */
	boolean areMissing() {
		return this.missing;
	}

	/**
	 * Return whether a row that is written with the values that it has is not counted, as
	 * the drivers of MySQL and MariaDB do on request. An update of such a row would look
	 * like one of a row that is gone.
	 * @return whether only what differs from its row may be written
	 */
	boolean areOfChangesOnly() {
		String url = this.entityManagerFactory.unwrap(SessionFactoryImplementor.class)
			.getJdbcServices()
			.getExtractedMetaDataSupport()
			.getUrl();
		return url != null && AFFECTED_ROWS.matcher(url).find();
	}

}
