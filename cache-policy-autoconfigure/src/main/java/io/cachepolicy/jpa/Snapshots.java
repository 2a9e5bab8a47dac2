package io.cachepolicy.jpa;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.persistence.LockModeType;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Rows as a transaction sees them that has read them before, or that reads all in one
 * snapshot, as under REPEATABLE READ. There a row may have been changed since, and a
 * value that is what the transaction saw would not be written at all: so such rows are
 * locked and read as they are before they are written. A database that can't do that ends
 * the transaction by a concurrency failure.
 */
final class Snapshots {

	private final EntitySessions sessions;

	private final EntityPersister persister;

	private final EntityVersions versions;

	private volatile @Nullable Integer defaultIsolation;

	Snapshots(EntitySessions sessions, EntityPersister persister, EntityVersions versions) {
		this.sessions = sessions;
		this.persister = persister;
		this.versions = versions;
	}

	/**
	 * Read rows as they are, if the current transaction may see them as they were.
	 * @param entries the values that are about to be written, by id
	 */
	void leave(Map<Object, Object> entries) {
		SessionImplementor session = this.sessions.getCurrent();
		List<Object> others = new ArrayList<>();
		entries.forEach((id, value) -> {
			Object managed = session.getPersistenceContext().getEntity(session.generateEntityKey(id, this.persister));
			if (managed != null) {
				refreshIfOutdated(session, id, managed, value);
			}
			else if (!this.versions.isNew(value) || this.versions.wasInserted(id, value)) {
				others.add(id);
			}
		});
		if (!others.isEmpty() && isSnapshot(session)) {
			this.sessions.lockAll(session, others);
		}
	}

	private boolean isSnapshot(SessionImplementor session) {
		Integer declared = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
		int isolation = (declared != null) ? declared : defaultIsolation(session);
		return isolation >= Connection.TRANSACTION_REPEATABLE_READ;
	}

	private int defaultIsolation(SessionImplementor session) {
		Integer known = this.defaultIsolation;
		if (known == null) {
			known = session.doReturningWork(Connection::getTransactionIsolation);
			this.defaultIsolation = known;
		}
		return known;
	}

	/**
	 * Read an instance anew that the transaction loaded and did not change, unless the
	 * value differs from it, so that it is written in any case.
	 * @param session the session
	 * @param id the id
	 * @param managed the instance
	 * @param value the value
	 */
	private void refreshIfOutdated(SessionImplementor session, Object id, Object managed, Object value) {
		EntityEntry entry = session.getPersistenceContext().getEntry(managed);
		if (entry == null || entry.getStatus() != Status.MANAGED || isChanged(session, managed, managed, entry)) {
			return;
		}
		boolean outdated = this.versions.isVersioned() && this.versions.catchUp(id, managed) != managed;
		if (!outdated && isChanged(session, managed, value, entry)) {
			return;
		}
		if (this.persister.hasCascades()) {
			// A refresh would take back what was changed of other instances
			session.lock(managed, LockModeType.PESSIMISTIC_WRITE);
		}
		else {
			session.refresh(managed, LockModeType.PESSIMISTIC_WRITE);
		}
	}

	private static boolean isChanged(SessionImplementor session, Object managed, Object value, EntityEntry entry) {
		Object[] loaded = entry.getLoadedState();
		EntityPersister type = entry.getPersister();
		Object instance = Hibernate.unproxy(value);
		return loaded == null || !type.isInstance(instance)
				|| type.findDirty(type.getValues(instance), loaded, managed, session) != null;
	}

}
