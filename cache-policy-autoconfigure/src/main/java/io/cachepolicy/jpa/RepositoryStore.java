package io.cachepolicy.jpa;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.cachepolicy.jpa.relation.ForeignKeys;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.ValueCopier;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.Hibernate;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.data.repository.CrudRepository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.function.SingletonSupplier;

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

	private final EntityVersions versions;

	private final EntityWriter writer;

	private final SingletonSupplier<Batches> batches;

	private final Object resource;

	RepositoryStore(EntityRepository repository, EntityManagerFactory entityManagerFactory,
			PlatformTransactionManager transactionManager, ValueCopier copier, Supplier<ForeignKeys> foreignKeys,
			StoreMode mode) {
		EntityPersister persister = repository.persister();
		this.repository = repository.repository();
		this.keys = new EntityKeys(repository.information(), persister);
		this.sessions = new EntitySessions(entityManagerFactory, persister);
		this.transactions = new StoreTransactions(entityManagerFactory, transactionManager);
		this.versions = new EntityVersions(repository, this.lineage, copier);
		this.writer = new EntityWriter(repository, this.sessions, this.versions, copier);
		this.batches = SingletonSupplier.of(() -> createBatches(repository, foreignKeys.get(), mode, copier));
		this.resource = EntityManagerFactories.resourceOf(entityManagerFactory);
	}

	private Batches createBatches(EntityRepository repository, ForeignKeys foreignKeys, StoreMode mode,
			ValueCopier copier) {
		EntityPersister persister = repository.persister();
		EntityTraits traits = new EntityTraits(persister);
		SaveEffects effects = new SaveEffects(repository, foreignKeys.writtenWith(persister));
		RowRelations relations = foreignKeys.relationsOf(persister);
		BatchOrder order = new BatchOrder(this.keys, relations);
		BatchMode batchMode = BatchMode.of(mode, traits, effects);
		StatelessWriter stateless = new StatelessWriter(batchMode, persister, this.keys, this.sessions, this.versions,
				copier);
		FlushWriter deferred = new FlushWriter(batchMode, this.writer,
				new UnsavedReferences(foreignKeys, persister, copier), stateless, this.sessions, this.transactions,
				order, this.versions, this.lineage,
				new UnansweredWrites(persister, this.sessions, this.transactions, this.versions, this.lineage), copier);
		EntityRemover remover = new EntityRemover(this.repository, this.sessions, this.keys, order,
				traits.isDeletableById() && effects.areNoneOnDelete());
		return new Batches(relations, order, deferred, remover, effects.isContextual());
	}

	private Batches batches() {
		return this.batches.obtain();
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
		Object current = (id != null && !isManaged(value)) ? catchUpForSave(id, value) : value;
		Object version = this.versions.versionOf(current);
		Object stored = this.transactions.write(() -> this.writer.write(id, current), this.sessions::flush);
		handBackVersions(Map.of(value, stored));
		if (id != null) {
			VersionLineage.Step step = new VersionLineage.Step(id, version, this.versions.versionOf(stored));
			this.transactions.afterCommit(() -> this.lineage.saved(step));
		}
		return stored;
	}

	@Override
	public Map<Object, Object> saveAll(Map<Object, Object> entries) {
		return saveAll(entries, this::catchUpForSave, this.lineage::saved);
	}

	private Map<Object, Object> saveAll(Map<Object, Object> entries, BinaryOperator<Object> catchUp,
			Consumer<VersionLineage.Step> committed) {
		entries.forEach(this.keys::check);
		Map<Object, Object> current = new LinkedHashMap<>(entries);
		current.replaceAll((id, value) -> isManaged(value) ? value : catchUp.apply(id, value));
		Map<Object, @Nullable Object> versions = this.versions.versionsOf(current);
		Map<Object, Object> stored = this.transactions.write(() -> writeAll(current));
		Map<Object, Object> storedByValue = new IdentityHashMap<>();
		entries.forEach((id, value) -> storedByValue.put(value, stored.get(id)));
		handBackVersions(storedByValue);
		List<VersionLineage.Step> steps = this.versions.steps(versions, stored);
		this.transactions.afterCommit(() -> steps.forEach(committed));
		return stored;
	}

	private Map<Object, Object> writeAll(Map<Object, Object> entries) {
		Map<Object, Object> ordered = batches().order().parentsFirst(entries);
		return this.sessions.inBatch(ordered.size(), (session) -> this.writer.writeAll(session, ordered));
	}

	private Object catchUpForSave(Object id, Object value) {
		return verified(id, value, this.versions.catchUpForSave(id, value));
	}

	/**
	 * Check what is known of a row by looking at it, as a conflict would end the caller's
	 * transaction.
	 * @param id the id
	 * @param value the value
	 * @param current the value as the row's lineage wants it
	 * @return that value, or the given one if another writer changed the row
	 */
	private Object verified(Object id, Object value, Object current) {
		if (current == value) {
			return value;
		}
		Optional<Object> row = this.transactions.write(() -> this.sessions.findVersion(id));
		Optional<Object> expected = Optional.ofNullable(this.versions.versionOf(current))
			.filter((version) -> !Boolean.TRUE.equals(this.versions.isUnsaved(current)));
		if (row.equals(expected)) {
			return current;
		}
		this.lineage.forget(List.of(id));
		return value;
	}

	/**
	 * Set the new versions on the instances that were written, so that their holder can
	 * write them once more; the old ones again if the transaction rolls back.
	 * @param storedByValue what was stored by what was written
	 */
	private void handBackVersions(Map<Object, Object> storedByValue) {
		if (!this.versions.isVersioned()) {
			return;
		}
		Map<Object, @Nullable Object> before = new IdentityHashMap<>();
		storedByValue.forEach((value, stored) -> {
			Object version = this.versions.versionOf(stored);
			if (value != stored && version != null && Hibernate.isInitialized(value)) {
				before.put(value, this.versions.versionOf(value));
				this.versions.setVersion(value, version);
			}
		});
		if (!before.isEmpty()) {
			this.transactions.afterRollback(() -> before.forEach(this.versions::setVersion));
		}
	}

	@Override
	public Map<Object, Object> flushAll(Map<Object, Object> entries) {
		entries.forEach(this.keys::check);
		return batches().deferred().flushAll(entries);
	}

	@Override
	public Map<Object, Object> saveDeferred(Map<Object, Object> entries) {
		return saveAll(entries, (id, value) -> verified(id, value, this.versions.catchUp(id, value)),
				this.lineage::flushed);
	}

	@Override
	public Map<Object, Object> saveOver(Map<Object, Object> entries) {
		return saveAll(entries,
				(id, value) -> rebase(id, value, () -> this.transactions.write(() -> this.sessions.findVersion(id))),
				this.lineage::saved);
	}

	@Override
	public Map<Object, Object> overwrite(Object key, Object value) {
		Map<Object, Object> stored = flushAll(Map.of(key, rebase(key, value)));
		this.lineage.overwritten(key, this.versions.versionOf(value));
		return stored;
	}

	@Override
	public void deleteAll(Collection<?> keys) {
		List<Object> ids = List.copyOf(keys);
		if (!ids.isEmpty()) {
			EntityRemover remover = batches().remover();
			this.transactions.write(() -> remover.deleteAll(ids));
			this.transactions.afterCommit(() -> this.versions.deleted(ids));
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
	public boolean isConnected() {
		return this.sessions.isConnected();
	}

	BatchMode batchMode() {
		return batches().deferred().mode();
	}

	@Override
	public Object rebase(Object key, Object value) {
		return rebase(key, value, () -> this.transactions.writeAlone(() -> this.sessions.findVersion(key)));
	}

	private Object rebase(Object key, Object value, Supplier<Optional<Object>> versionOfRow) {
		boolean versioned = this.versions.isVersioned();
		if (!versioned && !this.versions.isNew(value)) {
			return value;
		}
		Optional<Object> row = versionOfRow.get();
		if (row.isEmpty()) {
			this.lineage.forget(List.of(key));
			return (versioned && !this.keys.isGenerated()) ? this.versions.asNew(value) : value;
		}
		Object current = versioned ? this.versions.withVersion(value, row.get()) : value;
		if (this.versions.isNew(current)) {
			// It would be inserted, if the row were not known
			Object version = this.versions.versionOf(current);
			this.lineage.flushed(new VersionLineage.Step(key, version, version));
		}
		return current;
	}

	@Override
	public Object resource() {
		return this.resource;
	}

	@Override
	public Object transactionManager() {
		return this.transactions.manager();
	}

	@Override
	public RowRelations relations() {
		return batches().relations();
	}

	@Override
	public boolean isContextual() {
		return batches().contextual();
	}

	@Override
	public String toString() {
		return "repository of " + getValueType().getName();
	}

	/**
	 * What writes and deletes several rows. It is made when it is used for the first
	 * time: to find out what mapping, callbacks and foreign keys ask for takes long, and
	 * an application that starts is in a hurry.
	 *
	 * @param relations how the rows refer to others
	 * @param order the order in which rows are written
	 * @param deferred writes deferred writes
	 * @param remover deletes
	 * @param contextual whether what is stored may depend on the thread that writes
	 */
	private record Batches(RowRelations relations, BatchOrder order, FlushWriter deferred, EntityRemover remover,
			boolean contextual) {

	}

}
