package io.cachepolicy.jpa;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.text.KeyText;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.data.repository.CrudRepository;

/**
 * Deletes rows, inside a transaction: by their ids where the repository would do nothing
 * else, otherwise by the repository, after a query for them. A row that does not exist is
 * no error.
 */
final class EntityRemover {

	private final CrudRepository<Object, Object> repository;

	private final EntitySessions sessions;

	private final EntityKeys keys;

	private final BatchOrder order;

	private final boolean byId;

	EntityRemover(CrudRepository<Object, Object> repository, EntitySessions sessions, EntityKeys keys, BatchOrder order,
			boolean byId) {
		this.repository = repository;
		this.sessions = sessions;
		this.keys = keys;
		this.order = order;
		this.byId = byId && !order.isSelfReferring();
	}

	/**
	 * Delete rows.
	 * @param ids the ids
	 * @return the number of ids
	 */
	int deleteAll(Collection<?> ids) {
		List<Object> ordered = this.order.ofIds(ids);
		return this.sessions.inBatch(ordered.size(), (session) -> {
			List<Object> loaded = new ArrayList<>();
			List<Object> others = new ArrayList<>();
			ordered.forEach((id) -> (isToBeLoaded(id, session) ? loaded : others).add(id));
			deleteLoaded(session, loaded);
			if (!others.isEmpty()) {
				this.sessions.deleteAll(session, others);
			}
			return ordered.size();
		});
	}

	private boolean isToBeLoaded(Object id, SessionImplementor session) {
		return !this.byId || this.sessions.isLoaded(id, session);
	}

	private void deleteLoaded(SessionImplementor session, List<Object> ids) {
		if (!ids.isEmpty()) {
			Map<Object, Object> entities = new LinkedHashMap<>();
			find(session, ids).forEach((entity) -> entities.put(this.keys.toKey(entity), entity));
			this.repository.deleteAll(this.order.childrenFirst(entities));
			checkRemoved(session, entities);
		}
	}

	/**
	 * Check that rows which are to be deleted will be: JPA takes a removal back if an
	 * instance that the session holds still refers to the removed one and cascades to it.
	 * @param session the session, which is flushed
	 * @param entities the instances by id
	 */
	private static void checkRemoved(SessionImplementor session, Map<Object, Object> entities) {
		Map<Object, Object> removed = new LinkedHashMap<>(entities);
		removed.values().removeIf((entity) -> statusOf(entity, session) != Status.DELETED);
		session.flush();
		removed.forEach((id, entity) -> {
			if (statusOf(entity, session) == Status.MANAGED) {
				throw new InvalidDataAccessApiUsageException(("%s with id '%s' was not deleted: another instance that "
						+ "is loaded refers to it with cascade PERSIST or ALL, for which JPA takes the removal back. "
						+ "Take it out of that one's collection or attribute, or set orphanRemoval there.")
					.formatted(Hibernate.getClass(entity).getName(), KeyText.of(id)));
			}
		});
	}

	private static @Nullable Status statusOf(Object entity, SessionImplementor session) {
		EntityEntry entry = session.getPersistenceContext().getEntry(Hibernate.unproxy(entity));
		return (entry != null) ? entry.getStatus() : null;
	}

	private Collection<Object> find(SessionImplementor session, List<Object> ids) {
		return (ids.size() > 1) ? this.sessions.findAll(session, ids)
				: ids.stream().flatMap((id) -> this.repository.findById(id).stream()).toList();
	}

}
