package io.cachepolicy.jpa;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.spi.ValueCopier;
import jakarta.persistence.EntityManager;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.core.EntityInformation;

/**
 * Writes entities through their repository, inside a transaction.
 * <p>
 * A batch loads its rows by one query first, so that the repository's {@code merge} finds
 * them in the session. Two kinds of instances don't go through {@code repository.save}:
 * one that takes itself for new although an earlier deferred write inserted it is merged;
 * and a row that the query did not find is persisted where {@code save} would ask for it
 * once more and then do the same. Callbacks and auditing are those of JPA and run either
 * way; the second case is limited to entities without associations, for which
 * {@code persist} and {@code merge} do the same, and to repositories whose {@code save}
 * is that of Spring Data.
 */
final class EntityWriter {

	private final CrudRepository<Object, Object> repository;

	private final EntityInformation<Object, Object> information;

	private final EntitySessions sessions;

	private final EntityVersions versions;

	private final ValueCopier copier;

	private final boolean insertsDirectly;

	EntityWriter(EntityRepository repository, EntitySessions sessions, EntityVersions versions, ValueCopier copier) {
		this.repository = repository.repository();
		this.information = repository.information();
		this.sessions = sessions;
		this.versions = versions;
		this.copier = copier;
		this.insertsDirectly = repository.savesAsSpringData()
				&& !repository.persister().getGenerator().generatesOnInsert()
				&& hasNoVersionAndNoAssociations(repository.persister());
	}

	private static boolean hasNoVersionAndNoAssociations(EntityPersister persister) {
		return !persister.isVersioned() && !persister.hasCascades() && !persister.hasToOnes()
				&& !persister.hasCollections();
	}

	/**
	 * Write one instance, without a flush.
	 * @param id the id, {@code null} if the store generates it
	 * @param value the instance
	 * @return the managed instance
	 */
	Object write(@Nullable Object id, Object value) {
		boolean inserted = id != null && this.versions.wasInserted(id, value);
		return inserted ? this.sessions.getCurrent().merge(value) : save(value);
	}

	// A mock that nobody told what to return returns null
	private Object save(Object value) {
		@Nullable Object saved = this.repository.save(value);
		return (saved != null) ? saved : value;
	}

	/**
	 * Return an instance for a deferred write.
	 * @param id the id
	 * @param value the value, which is left as it is
	 * @return the value, or a copy if it takes the last version of its lineage or if the
	 * write would change it
	 */
	Object prepare(Object id, Object value) {
		Object current = this.versions.catchUp(id, value);
		return (current == value && this.versions.isNew(value)) ? this.copier.copy(value) : current;
	}

	/**
	 * Write instances.
	 * @param session the current session
	 * @param entries the instances by id, in order
	 * @return the managed instances
	 */
	Map<Object, Object> writeAll(SessionImplementor session, Map<Object, Object> entries) {
		Set<Object> missing = (entries.size() > 1) ? findMissing(session, entries.keySet()) : Set.of();
		return saveAll(session, entries, missing);
	}

	private Set<Object> findMissing(EntityManager session, Collection<Object> ids) {
		Set<Object> missing = new HashSet<>(ids);
		this.sessions.findAll(session, ids).forEach((entity) -> missing.remove(this.information.getId(entity)));
		return missing;
	}

	private Map<Object, Object> saveAll(EntityManager session, Map<Object, Object> entries, Set<Object> missing) {
		Map<Object, Object> stored = new LinkedHashMap<>();
		List<Object> saved = new ArrayList<>();
		entries.forEach((id, value) -> {
			Object instance = saveDirectly(session, id, value, missing.contains(id));
			stored.put(id, (instance != null) ? instance : value);
			if (instance == null) {
				saved.add(id);
			}
		});
		List<Object> values = saved.stream().map(stored::get).toList();
		int index = 0;
		for (Object instance : this.repository.saveAll(values)) {
			stored.put(saved.get(index++), instance);
		}
		return stored;
	}

	private @Nullable Object saveDirectly(EntityManager session, Object id, Object value, boolean missing) {
		if (this.versions.isNew(value)) {
			return this.versions.wasInserted(id, value) ? session.merge(value) : null;
		}
		if (missing && this.insertsDirectly) {
			Object copy = this.copier.copy(value);
			session.persist(copy);
			return copy;
		}
		return null;
	}

}
