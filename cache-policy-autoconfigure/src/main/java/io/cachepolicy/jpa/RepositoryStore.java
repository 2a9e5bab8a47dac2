package io.cachepolicy.jpa;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.cachepolicy.jpa.aggregate.Aggregates;
import io.cachepolicy.jpa.listen.ChangeTracker;
import io.cachepolicy.jpa.listen.OwnWrites;
import io.cachepolicy.jpa.relation.ForeignKeys;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.FlushGate;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.StoreKeys;
import io.cachepolicy.spi.StoreListener;
import io.cachepolicy.spi.StoreParts;
import io.cachepolicy.spi.StoreSession;
import io.cachepolicy.spi.StoreTraits;
import io.cachepolicy.spi.StoreVersions;
import io.cachepolicy.spi.ValueCopier;
import io.cachepolicy.spi.WriteMode;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.data.repository.CrudRepository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.function.SingletonSupplier;

/**
 * A store that is a Spring Data JPA repository.
 * <p>
 * Deferred writes know the {@link VersionLineage} of their rows.
 */
final class RepositoryStore implements BackingStore {

	private final CrudRepository<Object, Object> repository;

	private final boolean plain;

	private final EntityManagerFactory entityManagerFactory;

	private final EntityPersister persister;

	private final ChangeTracker tracker;

	private final boolean holdsNothing;

	private final EntityKeys keys;

	private final EntitySessions sessions;

	private final StoreTransactions transactions;

	private final EntityVersions versions;

	private final VersionLineage lineage = new VersionLineage();

	private final UnansweredWrites unanswered;

	private final EntityWriter writer;

	private final DirectWriter direct;

	private final SingletonSupplier<Batches> batches;

	private final StoreTraits traits;

	private final StoreVersions rowVersions;

	RepositoryStore(EntityRepository repository, EntityManagerFactory entityManagerFactory,
			PlatformTransactionManager transactionManager, ValueCopier copier, Supplier<ForeignKeys> foreignKeys,
			UpdateCounts updateCounts, ChangeTracker tracker, StoreMode mode) {
		EntityPersister persister = repository.persister();
		this.entityManagerFactory = entityManagerFactory;
		this.persister = persister;
		this.tracker = tracker;
		this.holdsNothing = tracker.aggregates().reachOf(persister).isEmpty();
		this.repository = repository.repository();
		this.plain = repository.savesAsSpringData();
		this.keys = new EntityKeys(repository.information(), persister);
		this.sessions = new EntitySessions(entityManagerFactory, persister, updateCounts, !this.holdsNothing);
		this.transactions = new StoreTransactions(entityManagerFactory, transactionManager);
		this.versions = new EntityVersions(repository, this.lineage, copier);
		this.unanswered = new UnansweredWrites(persister, this.sessions, this.transactions, this.versions,
				this.lineage);
		this.writer = new EntityWriter(repository, this.sessions, this.versions, copier);
		this.direct = new DirectWriter(this.writer, () -> batches().order(), this.keys, this.sessions,
				this.transactions, new Snapshots(this.sessions, persister, this.versions), this.versions, this.lineage,
				() -> batches().flushes().upserts(), this.unanswered);
		this.batches = SingletonSupplier
			.of(() -> createBatches(repository, foreignKeys.get(), updateCounts, mode, copier));
		this.traits = new Traits(EntityManagerFactories.resourceOf(entityManagerFactory));
		this.rowVersions = new RowVersions(this.sessions, this.transactions, this.versions, this.lineage,
				this.unanswered);
	}

	private Batches createBatches(EntityRepository repository, ForeignKeys foreignKeys, UpdateCounts updateCounts,
			StoreMode mode, ValueCopier copier) {
		EntityPersister persister = repository.persister();
		EntityTraits traits = new EntityTraits(persister);
		SaveEffects effects = new SaveEffects(repository, foreignKeys.writtenWith(persister));
		RowRelations relations = foreignKeys.relationsOf(persister);
		BatchOrder order = new BatchOrder(this.keys, relations);
		BatchMode batchMode = BatchMode.of(mode, traits, effects, updateCounts);
		StatelessWriter stateless = new StatelessWriter(batchMode, persister, this.keys, this.sessions, this.versions,
				copier);
		FlushWriter flushes = new FlushWriter(batchMode, this.writer,
				new UnsavedReferences(foreignKeys, persister, copier), stateless, this.sessions, this.transactions,
				this.keys, order, this.versions, this.lineage, this.unanswered, copier);
		EntityRemover remover = new EntityRemover(this.repository, this.sessions, this.keys, order,
				traits.isDeletableById() && effects.areNoneOnDelete());
		AheadWriter ahead = new AheadWriter(this, persister, this.sessions, this.transactions,
				new CallerConnection(this.entityManagerFactory, persister.getFactory()), flushes, remover,
				this.versions, effects.isTenantBased());
		return new Batches(relations, order, flushes, remover, ahead, effects.isContextual(),
				new CascadedInserts(foreignKeys, persister));
	}

	private Batches batches() {
		return this.batches.obtain();
	}

	@Override
	public StoreKeys keys() {
		return this.keys;
	}

	@Override
	public StoreTraits traits() {
		return this.traits;
	}

	@Override
	public StoreSession session() {
		return this.sessions;
	}

	@Override
	public StoreVersions versions() {
		return this.rowVersions;
	}

	@Override
	public @Nullable Object load(Object key) {
		return OwnWrites.<@Nullable Object>read(this, () -> this.transactions.<@Nullable Object>read(() -> find(key)));
	}

	private @Nullable Object find(Object key) {
		if (!(key instanceof String) || !this.plain) {
			return this.repository.findById(key).orElse(null);
		}
		// By id, Hibernate takes the id that was asked for to be that of the row,
		// whatever
		// the database takes for the same. A query reads it.
		Iterator<Object> found = this.repository.findAllById(List.of(key)).iterator();
		return found.hasNext() ? found.next() : null;
	}

	@Override
	public Map<Object, Object> loadAll(Collection<?> keys) {
		List<Object> ids = List.copyOf(keys);
		Map<Object, Object> values = new LinkedHashMap<>();
		for (int start = 0; start < ids.size(); start += EntitySessions.MAXIMUM_PARAMETERS) {
			List<Object> part = ids.subList(start, Math.min(ids.size(), start + EntitySessions.MAXIMUM_PARAMETERS));
			OwnWrites.read(this, () -> this.transactions.read(() -> this.repository.findAllById(part)))
				.forEach((value) -> values.put(this.keys.toKey(value), value));
		}
		if (!Set.copyOf(ids).containsAll(values.keySet())) {
			// The database takes other ids for the same, as one that ignores case
			ids.stream().filter((id) -> !values.containsKey(id)).forEach((id) -> {
				Object value = load(id);
				if (value != null) {
					values.put(id, value);
				}
			});
		}
		return values;
	}

	@Override
	public Object insert(Object value) {
		return OwnWrites.insert(this, value, () -> this.direct.save(value));
	}

	@Override
	public Object insert(WriteMode mode, Object value) {
		if (mode != WriteMode.JOINED) {
			return insert(value);
		}
		Object stored = OwnWrites.insert(this, value, () -> this.direct.join(value));
		Object key = this.keys.keyOf(stored);
		if (key != null) {
			this.tracker.join(this, List.of(key), false);
		}
		return stored;
	}

	@Override
	public Map<Object, Object> write(WriteMode mode, Map<Object, Object> entries) {
		return OwnWrites.write(this, entries.keySet(), () -> switch (mode) {
			case NOW -> this.direct.saveAll(entries);
			case JOINED -> join(entries);
			case NOW_FOR_DEFERRED -> this.direct.saveDeferred(entries);
			case NOW_OVER_REMOVED -> this.direct.saveOver(entries);
			case FLUSH -> flush(entries, FlushGate.OPEN);
			case FLUSH_OVER -> flushOver(entries, FlushGate.OPEN);
		});
	}

	private Map<Object, Object> join(Map<Object, Object> entries) {
		Map<Object, Object> stored = new LinkedHashMap<>();
		entries.forEach((key, value) -> {
			this.keys.check(key, value);
			stored.put(key, this.direct.join(value));
		});
		this.tracker.join(this, stored.keySet(), false);
		return stored;
	}

	@Override
	public Map<Object, Object> flush(WriteMode mode, Map<Object, Object> entries, FlushGate gate) {
		return OwnWrites.write(this, entries.keySet(),
				() -> (mode == WriteMode.FLUSH_OVER) ? flushOver(entries, gate) : flush(entries, gate));
	}

	private Map<Object, Object> flush(Map<Object, Object> entries, FlushGate gate) {
		entries.forEach(this.keys::check);
		return batches().flushes().flushAll(entries, gate);
	}

	private Map<Object, Object> flushOver(Map<Object, Object> entries, FlushGate gate) {
		Map<Object, Object> rebased = new LinkedHashMap<>(entries);
		rebased.replaceAll(this.rowVersions::rebase);
		Map<Object, Object> stored = flush(rebased, gate);
		entries.forEach((key, value) -> this.lineage.overwritten(key, this.versions.versionOf(value)));
		return stored;
	}

	@Override
	public @Nullable Map<Object, Object> writeAhead(Map<Object, Object> entries, FlushGate gate) {
		return batches().ahead().write(entries, gate);
	}

	@Override
	public void storeChanges() {
		if (this.transactions.isJoining() && !this.sessions.isManual()) {
			this.transactions.write(() -> {
				this.sessions.flush();
				return this;
			});
		}
	}

	@Override
	public void deleteAll(Collection<?> keys) {
		flushDeletes(keys, FlushGate.OPEN);
	}

	@Override
	public void flushDeletes(Collection<?> keys, FlushGate gate) {
		List<Object> ids = List.copyOf(keys);
		if (!ids.isEmpty()) {
			EntityRemover remover = batches().remover();
			OwnWrites.write(this, ids, () -> this.transactions.write(() -> {
				int count = remover.deleteAll(ids);
				gate.pass();
				return count;
			}));
			this.transactions.afterCommit(() -> this.versions.deleted(ids));
		}
	}

	@Override
	public void delete(Collection<?> keys, Runnable call) {
		List<Object> ids = List.copyOf(keys);
		OwnWrites.write(this, ids, () -> this.transactions.write(() -> {
			call.run();
			if (this.transactions.isJoining()) {
				this.tracker.join(this, ids, true);
			}
			return ids;
		}));
		this.transactions.afterCommit(() -> this.versions.deleted(ids));
	}

	@Override
	public boolean isCalling() {
		return OwnWrites.isCalling(this);
	}

	@Override
	public void reconnect() {
		if (this.traits.resource() instanceof DataSource dataSource) {
			PooledConnections.evict(dataSource);
		}
	}

	@Override
	public boolean generatesKeysFor(Object value) {
		return batches().cascadedInserts().areIn(value);
	}

	@Override
	public StoreParts parts() {
		return (this.holdsNothing) ? StoreParts.NONE : this.tracker.parts();
	}

	@Override
	public boolean mayHold(Class<?> type) {
		return BackingStore.super.mayHold(type) || this.tracker.aggregates().reachOf(this.persister).contains(type);
	}

	@Override
	public Object partOf(Object key) {
		return Aggregates.row(this.persister, key);
	}

	@Override
	public void listen(StoreListener listener) {
		this.tracker.follow(this, this.persister, this.keys::toKey, () -> batches().relations(), listener);
	}

	BatchMode batchMode() {
		return batches().flushes().mode();
	}

	@Override
	public String toString() {
		return "repository of " + this.keys.getValueType().getName();
	}

	/**
	 * What is to be known of this store.
	 */
	private final class Traits implements StoreTraits {

		private final Object resource;

		Traits(Object resource) {
			this.resource = resource;
		}

		@Override
		public Object resource() {
			return this.resource;
		}

		@Override
		public Object transactionManager() {
			return RepositoryStore.this.transactions.manager();
		}

		@Override
		public RowRelations relations() {
			return batches().relations();
		}

		@Override
		public boolean holdsParts() {
			return !RepositoryStore.this.holdsNothing;
		}

		@Override
		public boolean isContextual() {
			return batches().contextual();
		}

	}

	/**
	 * What writes and deletes several rows. It is made when it is used for the first
	 * time: to find out what mapping, callbacks and foreign keys ask for takes long, and
	 * an application that starts is in a hurry.
	 *
	 * @param relations how the rows refer to others
	 * @param order the order in which rows are written
	 * @param flushes writes deferred writes
	 * @param remover deletes
	 * @param ahead writes in the transactions of others
	 * @param contextual whether what is stored may depend on the thread that writes
	 * @param cascadedInserts new instances that are written with others
	 */
	private record Batches(RowRelations relations, BatchOrder order, FlushWriter flushes, EntityRemover remover,
			AheadWriter ahead, boolean contextual, CascadedInserts cascadedInserts) {

	}

}
