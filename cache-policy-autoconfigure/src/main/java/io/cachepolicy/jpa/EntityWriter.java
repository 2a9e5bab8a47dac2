package io.cachepolicy.jpa;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.cache.ValueCopier;
import jakarta.persistence.EntityManager;
import org.hibernate.Hibernate;
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

	private final EntityPersister persister;

	private final EntityKeys keys;

	private final EntitySessions sessions;

	private final VersionLineage lineage;

	private final ValueCopier copier;

	private final boolean insertsDirectly;

	EntityWriter(EntityRepository repository, EntityKeys keys, EntitySessions sessions, VersionLineage lineage,
			ValueCopier copier) {
		this.repository = repository.repository();
		this.information = repository.information();
		this.persister = repository.persister();
		this.keys = keys;
		this.sessions = sessions;
		this.lineage = lineage;
		this.copier = copier;
		this.insertsDirectly = repository.savesAsSpringData() && !keys.isGenerated()
				&& hasNoVersionAndNoAssociations(this.persister);
	}

	private static boolean hasNoVersionAndNoAssociations(EntityPersister persister) {
		return !persister.isVersioned() && !persister.hasCascades() && !persister.hasToOnes()
				&& !persister.hasCollections();
	}

	Object write(@Nullable Object id, Object value) {
		boolean inserted = id != null && this.information.isNew(value) && this.lineage.isKnown(id);
		return this.sessions.inBatch(1, (session) -> inserted ? session.merge(value) : this.repository.save(value));
	}

	Map<Object, Object> writeAll(Map<Object, Object> entries) {
		List<Object> ids = this.keys.inOrder(entries.keySet());
		return this.sessions.inBatch(ids.size(), (session) -> {
			Set<Object> missing = (ids.size() > 1) ? findMissing(session, ids) : Set.of();
			return saveAll(session, select(entries, ids), missing);
		});
	}

	private Set<Object> findMissing(EntityManager session, List<Object> ids) {
		Set<Object> missing = new HashSet<>(ids);
		this.sessions.findAll(session, ids).forEach((entity) -> missing.remove(this.information.getId(entity)));
		return missing;
	}

	private static Map<Object, Object> select(Map<Object, Object> entries, Collection<Object> ids) {
		Map<Object, Object> selected = new LinkedHashMap<>();
		ids.forEach((id) -> selected.put(id, entries.get(id)));
		return selected;
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
		if (this.information.isNew(value)) {
			return this.lineage.isKnown(id) ? session.merge(value) : null;
		}
		if (missing && this.insertsDirectly) {
			Object copy = this.copier.copy(value);
			session.persist(copy);
			return copy;
		}
		return null;
	}

	Collection<Object> deleteAll(Collection<?> ids) {
		List<Object> ordered = this.keys.inOrder(ids);
		return this.sessions.inBatch(ordered.size(), (session) -> {
			Collection<Object> entities = findAll(session, ordered);
			this.repository.deleteAll(entities);
			return entities;
		});
	}

	private Collection<Object> findAll(EntityManager session, List<Object> ids) {
		return (ids.size() > 1) ? this.sessions.findAll(session, ids)
				: ids.stream().flatMap((id) -> this.repository.findById(id).stream()).toList();
	}

	@Nullable Object versionOf(Object value) {
		boolean readable = this.persister.isVersioned() && Hibernate.isInitialized(value);
		return readable ? this.persister.getVersion(Hibernate.unproxy(value)) : null;
	}

	void setVersion(Object value, @Nullable Object version) {
		this.persister.setValue(Hibernate.unproxy(value), this.persister.getVersionPropertyIndex(), version);
	}

	/**
	 * Return an instance for a deferred write, which leaves the given one as it is.
	 * @param id the id
	 * @param value the value
	 * @return the value, or a copy if it takes the last version of its lineage or if the
	 * write would change it
	 */
	Object prepare(Object id, Object value) {
		Object current = catchUp(id, value);
		return (current == value && this.information.isNew(value)) ? this.copier.copy(value) : current;
	}

	/**
	 * Return an instance that was not outdated by deferred writes.
	 * @param id the id
	 * @param value the value
	 * @return the value, or a copy if it takes the last version of its lineage
	 */
	Object catchUp(Object id, Object value) {
		Object version = versionOf(value);
		Object current = this.lineage.rebase(id, version);
		return (current != version) ? withVersion(value, current) : value;
	}

	/**
	 * Return a copy with a version.
	 * @param value the value
	 * @param version the version
	 * @return the copy
	 */
	Object withVersion(Object value, @Nullable Object version) {
		Object copy = this.copier.copy(value);
		setVersion(copy, version);
		return copy;
	}

	/**
	 * Return a copy with the version of an instance that was never stored.
	 * @param value the value
	 * @return the copy
	 */
	Object asNew(Object value) {
		EntityPersister type = this.persister.getSubclassEntityPersister(Hibernate.unproxy(value),
				this.persister.getFactory());
		Object created = type.getRepresentationStrategy().getInstantiator().instantiate();
		return withVersion(value, type.getVersion(created));
	}

	boolean isVersioned() {
		return this.persister.isVersioned();
	}

	/**
	 * Return whether later instances may have to be told from those of other writers.
	 * @param value the value
	 * @return whether the entity has a version, or an own notion of what is new
	 */
	boolean hasLineage(Object value) {
		return this.persister.isVersioned() || isNew(value);
	}

	boolean isNew(Object value) {
		return this.information.isNew(value);
	}

}
