package io.cachepolicy.jpa;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.cachepolicy.cache.BackingStore;
import io.cachepolicy.cache.RowRelations;
import io.cachepolicy.cache.ValueCopier;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.repository.CrudRepository;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * A store that is a Spring Data JPA repository.
 * <p>
 * Writes are flushed before a method returns, so that what the database refuses fails
 * there and what it generates is in the returned instance. Deferred writes know their own
 * {@link VersionLineage}.
 */
final class RepositoryStore implements BackingStore {

	private final CrudRepository<Object, Object> repository;

	private final EntityKeys keys;

	private final EntitySessions sessions;

	private final StoreTransactions transactions;

	private final VersionLineage lineage = new VersionLineage();

	private final ValueCopier copier;

	private final EntityWriter writer;

	private final EntityRelations relations;

	private final boolean contextual;

	private final Object resource;

	RepositoryStore(EntityRepository repository, EntityManagerFactory entityManagerFactory,
			PlatformTransactionManager transactionManager, ValueCopier copier, ForeignKeys foreignKeys) {
		this.repository = repository.repository();
		this.keys = new EntityKeys(repository.information(), repository.persister());
		this.sessions = new EntitySessions(entityManagerFactory, repository.persister());
		this.transactions = new StoreTransactions(entityManagerFactory, transactionManager);
		this.copier = copier;
		this.writer = new EntityWriter(repository, this.keys, this.sessions, this.lineage, copier);
		this.relations = foreignKeys.relationsOf(repository.persister());
		this.contextual = new SaveEffects(repository, foreignKeys.writtenWith(repository.persister())).isContextual();
		this.resource = EntityManagerFactories.resourceOf(entityManagerFactory);
	}

	@Override
	public Class<?> getValueType() {
		return this.keys.getEntityType();
	}

	@Override
	public Object toKey(Object key) {
		return this.keys.toKey(key);
	}

	@Override
	public @Nullable Object keyOf(Object value) {
		return this.keys.keyOf(value);
	}

	@Override
	public @Nullable Object load(Object key) {
		return this.transactions.<@Nullable Object>read(() -> this.repository.findById(key).orElse(null));
	}

	@Override
	public Map<Object, Object> loadAll(Collection<?> keys) {
		Map<Object, Object> values = new LinkedHashMap<>();
		this.transactions.read(() -> this.repository.findAllById(List.copyOf(keys)))
			.forEach((value) -> values.put(this.keys.toKey(value), value));
		return values;
	}

	@Override
	public Object save(@Nullable Object key, Object value) {
		if (key != null) {
			this.keys.check(key, value);
		}
		Object id = this.keys.keyOf(value);
		Object version = this.writer.versionOf(value);
		Object stored = this.transactions.write(() -> this.writer.write(id, value));
		handBackVersions(Map.of(value, stored));
		if (id != null) {
			extendLineage(Map.of(id, new Step(version, this.writer.versionOf(stored))));
		}
		return stored;
	}

	@Override
	public Map<Object, Object> saveAll(Map<Object, Object> entries) {
		entries.forEach(this.keys::check);
		Map<Object, @Nullable Object> versions = versionsOf(entries);
		Map<Object, Object> stored = this.transactions.write(() -> this.writer.writeAll(entries));
		Map<Object, Object> storedByValue = new IdentityHashMap<>();
		entries.forEach((id, value) -> storedByValue.put(value, stored.get(id)));
		handBackVersions(storedByValue);
		extendLineage(steps(versions, stored));
		return stored;
	}

	/**
	 * Set the new versions on the instances that were written, so that their holder can
	 * write them once more; the old ones again if the transaction rolls back.
	 * @param storedByValue what was stored by what was written
	 */
	private void handBackVersions(Map<Object, Object> storedByValue) {
		Map<Object, Object> before = new IdentityHashMap<>();
		storedByValue.forEach((value, stored) -> {
			Object version = this.writer.versionOf(value);
			if (value != stored && version != null) {
				before.put(value, version);
				this.writer.setVersion(value, this.writer.versionOf(stored));
			}
		});
		if (!before.isEmpty()) {
			this.transactions.afterRollback(() -> before.forEach(this.writer::setVersion));
		}
	}

	private void extendLineage(Map<Object, Step> steps) {
		this.transactions
			.afterCommit(() -> steps.forEach((id, step) -> this.lineage.saved(id, step.from(), step.to())));
	}

	@Override
	public Map<Object, Object> flushAll(Map<Object, Object> entries) {
		entries.forEach(this.keys::check);
		try {
			return flush(entries);
		}
		catch (OptimisticLockingFailureException ex) {
			if (entries.size() > 1) {
				throw ex;
			}
			return flushWithoutLineage(entries, ex);
		}
	}

	/**
	 * Give up the lineage of a row that another writer changed. A new instance, which
	 * took a version because this store inserted the row before, is inserted if the other
	 * writer deleted the row.
	 * @param entries the only entry
	 * @param conflict the conflict
	 * @return what was stored
	 */
	private Map<Object, Object> flushWithoutLineage(Map<Object, Object> entries,
			OptimisticLockingFailureException conflict) {
		Map.Entry<Object, Object> entry = entries.entrySet().iterator().next();
		boolean known = this.lineage.isKnown(entry.getKey());
		this.lineage.deleted(List.of(entry.getKey()));
		if (known && this.writer.isNew(entry.getValue())) {
			return flush(entries);
		}
		throw conflict;
	}

	private Map<Object, Object> flush(Map<Object, Object> entries) {
		Map<Object, Object> prepared = new LinkedHashMap<>();
		entries.forEach((id, value) -> prepared.put(id, this.writer.prepare(id, value)));
		Map<Object, @Nullable Object> versions = versionsOf(prepared);
		Map<Object, Object> stored = this.transactions.writeAlone(() -> copyAll(this.writer.writeAll(prepared)));
		steps(versions, stored).forEach((id, step) -> this.lineage.flushed(id, step.from(), step.to()));
		return stored;
	}

	private Map<Object, Object> copyAll(Map<Object, Object> entries) {
		entries.replaceAll((key, value) -> this.copier.copy(value));
		return entries;
	}

	private Map<Object, @Nullable Object> versionsOf(Map<Object, Object> entries) {
		Map<Object, @Nullable Object> versions = new LinkedHashMap<>();
		entries.forEach((id, value) -> {
			if (this.writer.hasLineage(value)) {
				versions.put(id, this.writer.versionOf(value));
			}
		});
		return versions;
	}

	private Map<Object, Step> steps(Map<Object, @Nullable Object> versions, Map<Object, Object> stored) {
		Map<Object, Step> steps = new LinkedHashMap<>();
		stored.forEach((id, value) -> {
			if (versions.containsKey(id)) {
				steps.put(id, new Step(versions.get(id), this.writer.versionOf(value)));
			}
		});
		return steps;
	}

	@Override
	public void deleteAll(Collection<?> keys) {
		List<Object> ids = List.copyOf(keys);
		if (!ids.isEmpty()) {
			this.transactions.write(() -> this.writer.deleteAll(ids));
			this.transactions.afterCommit(() -> this.lineage.deleted(ids));
		}
	}

	@Override
	public boolean isManaged(Object value) {
		return this.sessions.isManaged(value);
	}

	@Override
	public boolean isLoaded(Object key) {
		return this.sessions.isLoaded(key);
	}

	@Override
	public Object catchUp(Object key, Object value) {
		return this.writer.catchUp(key, value);
	}

	@Override
	public Object rebase(Object key, Object value) {
		if (!this.writer.isVersioned()) {
			return value;
		}
		Optional<Object> version = this.transactions.writeAlone(() -> this.sessions.findVersion(key));
		if (version.isPresent()) {
			return this.writer.withVersion(value, version.get());
		}
		this.lineage.deleted(List.of(key));
		return this.keys.isGenerated() ? value : this.writer.asNew(value);
	}

	@Override
	public Object resource() {
		return this.resource;
	}

	@Override
	public RowRelations relations() {
		return this.relations;
	}

	@Override
	public boolean isContextual() {
		return this.contextual;
	}

	@Override
	public String toString() {
		return "repository of " + getValueType().getName();
	}

	/**
	 * From one version to another.
	 */
	private record Step(@Nullable Object from, @Nullable Object to) {

	}

}
