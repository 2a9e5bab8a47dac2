package io.cachepolicy.jpa;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.spi.ValueCopier;
import jakarta.persistence.EntityManager;
import org.hibernate.Hibernate;
import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;

/**
 * Writes deferred writes as rows, by a stateless session that shares connection and
 * transaction with the current session: inserts first, then updates.
 */
final class StatelessWriter {

	private final BatchMode mode;

	private final EntityPersister persister;

	private final EntityKeys keys;

	private final EntitySessions sessions;

	private final EntityVersions versions;

	private final ValueCopier copier;

	StatelessWriter(BatchMode mode, EntityPersister persister, EntityKeys keys, EntitySessions sessions,
			EntityVersions versions, ValueCopier copier) {
		this.mode = mode;
		this.persister = persister;
		this.keys = keys;
		this.sessions = sessions;
		this.versions = versions;
		this.copier = copier;
	}

	/**
	 * Return whether all of a batch can be written as rows.
	 * @param values the values
	 * @return {@code false} if a value is not loaded, or is new although its id is
	 * generated: {@code save} knows what to make of it
	 */
	boolean accepts(Iterable<Object> values) {
		for (Object value : values) {
			if (!Hibernate.isInitialized(value) || (this.keys.isGenerated() && this.versions.isNew(value))) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Return an instance that may be written.
	 * @param id the id
	 * @param value the value, which is left as it is
	 * @return the value if writing it does not change it, else a copy
	 */
	Object prepare(Object id, Object value) {
		Object current = this.versions.catchUp(id, value);
		return (current == value && this.mode != BatchMode.UPSERT) ? this.copier.copy(value)
				: Hibernate.unproxy(current);
	}

	/**
	 * Write instances.
	 * @param session the current session
	 * @param entries the instances by id, in order
	 */
	void writeAll(SessionImplementor session, Map<Object, Object> entries) {
		List<Object> inserts = new ArrayList<>();
		List<Object> others = new ArrayList<>();
		Set<Object> missing = findMissing(session, entries);
		entries.forEach((id, value) -> (isInsert(id, value, missing) ? inserts : others).add(value));
		try (StatelessSession stateless = open(session)) {
			if (!inserts.isEmpty()) {
				stateless.insertMultiple(inserts);
			}
			if (!others.isEmpty() && this.mode == BatchMode.UPSERT) {
				stateless.upsertMultiple(others);
			}
			else if (!others.isEmpty()) {
				stateless.updateMultiple(others);
			}
		}
	}

	private StatelessSession open(SessionImplementor session) {
		return session.statelessWithOptions()
			.connection()
			.statementInspector()
			.interceptor(new RowInterceptor(this.persister, session.getInterceptor()))
			.open();
	}

	private Set<Object> findMissing(EntityManager session, Map<Object, Object> entries) {
		Set<Object> unknown = new LinkedHashSet<>();
		if (this.mode != BatchMode.UPSERT) {
			entries.forEach((id, value) -> {
				if (isUnknown(id, value)) {
					unknown.add(id);
				}
			});
		}
		if (!unknown.isEmpty()) {
			this.sessions.findIds(session, unknown).forEach(unknown::remove);
		}
		return unknown;
	}

	private boolean isUnknown(Object id, Object value) {
		return !isNewFor(id, value) && this.versions.isUnsaved(value) == null && !this.keys.isOfStored(id);
	}

	private boolean isInsert(Object id, Object value, Set<Object> missing) {
		return isNewFor(id, value) || Boolean.TRUE.equals(this.versions.isUnsaved(value)) || missing.contains(id);
	}

	private boolean isNewFor(Object id, Object value) {
		return this.versions.isNew(value) && !this.versions.wasInserted(id, value);
	}

}
