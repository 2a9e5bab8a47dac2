package io.cachepolicy.jpa;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import io.cachepolicy.jpa.aggregate.Aggregates;
import io.cachepolicy.jpa.aggregate.Part;
import io.cachepolicy.jpa.listen.OwnWrites;
import io.cachepolicy.spi.StoreSession;
import io.cachepolicy.transaction.Transactions;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.LockModeType;
import jakarta.persistence.TypedQuery;
import org.hibernate.FlushMode;
import org.hibernate.Hibernate;
import org.hibernate.LockMode;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * The Hibernate sessions in which the instances of one entity are managed.
 */
final class EntitySessions implements StoreSession {

	private static final String SELECT = "select %s from %s e where id(e) in :ids order by id(e)";

	// PostgreSQL takes 65,535 parameters, and an id may have several columns
	static final int MAXIMUM_PARAMETERS = 10_000;

	private final EntityManagerFactory entityManagerFactory;

	private final EntityPersister persister;

	private final UpdateCounts updateCounts;

	private final boolean holdsParts;

	/**
	 * Create sessions.
	 * @param entityManagerFactory the factory of the sessions
	 * @param persister the entity
	 * @param updateCounts whether batches tell how many rows they changed
	 * @param holdsParts whether graphs of the entity may hold other rows
	 */
	EntitySessions(EntityManagerFactory entityManagerFactory, EntityPersister persister, UpdateCounts updateCounts,
			boolean holdsParts) {
		this.entityManagerFactory = entityManagerFactory;
		this.persister = persister;
		this.updateCounts = updateCounts;
		this.holdsParts = holdsParts;
	}

	@Override
	public boolean isManaged(Object value) {
		EntityManager bound = findBound();
		return bound != null && this.persister.getMappedClass().isInstance(value) && bound.contains(value);
	}

	@Override
	public boolean isLoaded(Object id) {
		EntityManager bound = findBound();
		return bound != null && isLoaded(id, bound.unwrap(SessionImplementor.class));
	}

	@Override
	public boolean isChanged(Object id) {
		EntityManager bound = findBound();
		return bound != null && isChanged(id, bound.unwrap(SessionImplementor.class));
	}

	@Override
	public boolean isRemoved(Object id) {
		EntityManager bound = findBound();
		EntityEntry entry = (bound != null) ? findEntry(id, bound.unwrap(SessionImplementor.class)) : null;
		return entry != null && entry.getStatus() == Status.DELETED;
	}

	private @Nullable EntityEntry findEntry(Object id, SessionImplementor session) {
		PersistenceContext context = session.getPersistenceContext();
		Object entity = context.getEntity(session.generateEntityKey(id, this.persister));
		return (entity != null) ? context.getEntry(entity) : null;
	}

	@Override
	public boolean isManual() {
		EntityManager bound = findBound();
		return bound != null && bound.unwrap(SessionImplementor.class).getHibernateFlushMode() == FlushMode.MANUAL;
	}

	@Override
	public boolean isPartChanged(Object part) {
		EntityManager bound = findBound();
		EntityPersister type = (bound != null && part instanceof Part row)
				? this.persister.getFactory().getMappingMetamodel().findEntityDescriptor(row.name()) : null;
		return type != null && bound != null
				&& isChanged(((Part) part).id(), type, bound.unwrap(SessionImplementor.class));
	}

	@Override
	public Set<Object> heldParts() {
		EntityManager bound = (this.holdsParts) ? findBound() : null;
		if (bound == null || !Transactions.isOlder(this.entityManagerFactory)) {
			return Set.of();
		}
		Map<EntityKey, ?> held = bound.unwrap(SessionImplementor.class).getPersistenceContext().getEntitiesByKey();
		if (held.isEmpty()) {
			return Set.of();
		}
		Set<Object> parts = new HashSet<>();
		held.keySet().forEach((key) -> parts.add(Aggregates.row(key.getPersister(), key.getIdentifier())));
		return parts;
	}

	private boolean isChanged(Object id, SessionImplementor session) {
		return isChanged(id, this.persister, session);
	}

	private static boolean isChanged(Object id, EntityPersister persister, SessionImplementor session) {
		PersistenceContext context = session.getPersistenceContext();
		Object entity = context.getEntity(session.generateEntityKey(id, persister));
		EntityEntry entry = (entity != null) ? context.getEntry(entity) : null;
		if (entry == null || entity == null || entry.getStatus() == Status.READ_ONLY
				|| entry.getStatus() == Status.LOADING) {
			return false;
		}
		return entry.getStatus() != Status.MANAGED || !entry.isExistsInDatabase() || isDirty(entity, entry, session);
	}

	private static boolean isDirty(Object entity, EntityEntry entry, SessionImplementor session) {
		@Nullable Object[] loaded = entry.getLoadedState();
		if (loaded == null || !entry.requiresDirtyCheck(entity)) {
			return false;
		}
		EntityPersister type = entry.getPersister();
		@Nullable Object[] current = type.getValues(entity);
		return type.findDirty(current, loaded, entity, session) != null
				|| (type.hasCollections() && isAnyDirty(current));
	}

	private static boolean isAnyDirty(@Nullable Object[] values) {
		for (Object value : values) {
			if (value instanceof PersistentCollection<?> collection && collection.isDirty()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return whether a session knows the row of an id.
	 * @param id the id
	 * @param session the session
	 * @return whether it has an instance or a proxy of it
	 */
	boolean isLoaded(Object id, SessionImplementor session) {
		EntityKey key = session.generateEntityKey(id, this.persister);
		PersistenceContext context = session.getPersistenceContext();
		return context.containsEntity(key) || context.getProxy(key) != null;
	}

	@Override
	public boolean isBound() {
		return findBound() != null;
	}

	@Override
	public boolean isConnected() {
		EntityManager bound = findBound();
		return bound != null && bound.unwrap(SessionImplementor.class)
			.getJdbcCoordinator()
			.getLogicalConnection()
			.isPhysicallyConnected();
	}

	private @Nullable EntityManager findBound() {
		Object resource = TransactionSynchronizationManager.getResource(this.entityManagerFactory);
		return (resource instanceof EntityManagerHolder holder) ? holder.getEntityManager() : null;
	}

	/**
	 * Do a batch of work in the session of the current transaction, and flush it.
	 * Statements and the loading of associations are batched even if the application did
	 * not configure it.
	 * @param <T> the type of the result
	 * @param size the number of rows
	 * @param work the work
	 * @return its result
	 */
	<T> T inBatch(int size, Function<SessionImplementor, T> work) {
		SessionImplementor session = getCurrent();
		if (size == 1) {
			// A batch of one costs more than a statement
			return flushed(session, work);
		}
		Integer jdbcBatchSize = session.getJdbcBatchSize();
		int fetchBatchSize = session.getFetchBatchSize();
		boolean alone = this.persister.isVersioned() && this.updateCounts.areMissing();
		session.setJdbcBatchSize((alone) ? 1 : Math.max(size, session.getConfiguredJdbcBatchSize()));
		session.setFetchBatchSize(Math.max(size, fetchBatchSize));
		try {
			return flushed(session, work);
		}
		finally {
			session.setJdbcBatchSize(jdbcBatchSize);
			session.setFetchBatchSize(fetchBatchSize);
		}
	}

	private static <T> T flushed(SessionImplementor session, Function<SessionImplementor, T> work) {
		T result = work.apply(session);
		session.flush();
		return result;
	}

	/**
	 * Bring to the database what the session of the current transaction has changed.
	 */
	void flush() {
		getCurrent().flush();
	}

	SessionImplementor getCurrent() {
		EntityManager entityManager = EntityManagerFactoryUtils
			.getTransactionalEntityManager(this.entityManagerFactory);
		Assert.state(entityManager != null, "The transaction manager does not support synchronization");
		return entityManager.unwrap(SessionImplementor.class);
	}

	/**
	 * Load rows, ordered by id: the order in which they are loaded is that in which
	 * changes to them are flushed.
	 * @param session the session
	 * @param ids the ids, in order
	 * @return the instances found
	 */
	List<Object> findAll(EntityManager session, Collection<Object> ids) {
		return query(ids, (part) -> byIds(session.createQuery(SELECT.formatted("e", entity()), Object.class), part));
	}

	/**
	 * Let the session of the current transaction load again what it has of rows, unless
	 * it has changed it.
	 * @param entries what is about to be written, by id
	 * @return the entries
	 */
	Map<Object, Object> refresh(Map<Object, Object> entries) {
		SessionImplementor session = getCurrent();
		PersistenceContext context = session.getPersistenceContext();
		Map<Object, Object> loaded = new HashMap<>();
		entries.forEach((id, value) -> {
			Object entity = context.getEntity(session.generateEntityKey(id, this.persister));
			if (entity != null && entity != value && !isChanged(id, session)) {
				loaded.put(id, entity);
			}
		});
		if (!loaded.isEmpty()) {
			if (!isManual()) {
				// A refresh that cascades takes back what was changed of other instances
				session.flush();
			}
			List<Object> found = findIds(session, loaded.keySet());
			loaded.forEach((id, entity) -> {
				if (found.contains(id)) {
					session.refresh(entity);
				}
				else {
					session.detach(entity);
				}
			});
		}
		return entries;
	}

	/**
	 * Find out which rows exist.
	 * @param session the session
	 * @param ids the ids, in order
	 * @return those of rows that exist
	 */
	List<Object> findIds(EntityManager session, Collection<Object> ids) {
		return query(ids,
				(part) -> byIds(session.createQuery(SELECT.formatted("id(e)", entity()), Object.class), part));
	}

	/**
	 * Delete rows that the session has not loaded, without loading them. What the session
	 * has to do is done first. Several rows are locked in the order of their ids, and
	 * those are deleted that could be locked: one that is inserted meanwhile is not, as
	 * it would come out of order.
	 * @param session the session
	 * @param ids the ids, in order
	 */
	void deleteAll(EntityManager session, Collection<Object> ids) {
		session.flush();
		query(ids, (part) -> {
			List<Object> locked = (part.size() > 1) ? lock(session, "id(e)", part) : part;
			if (!locked.isEmpty()) {
				OwnWrites.execute(() -> session.createQuery("delete from %s e where id(e) in :ids".formatted(entity()))
					.setParameter("ids", locked)
					.executeUpdate());
			}
			return locked;
		});
	}

	/**
	 * Load rows as they are, whatever the transaction saw of them before, and lock them.
	 * @param session the session
	 * @param ids the ids
	 */
	void lockAll(EntityManager session, Collection<Object> ids) {
		query(ids, (part) -> lock(session, "e", part));
	}

	private List<Object> lock(EntityManager session, String selection, List<Object> ids) {
		return byIds(session.createQuery(SELECT.formatted(selection, entity()), Object.class)
			.setLockMode(LockModeType.PESSIMISTIC_WRITE), ids);
	}

	private String entity() {
		return this.persister.getEntityName();
	}

	private static List<Object> byIds(TypedQuery<Object> query, List<Object> ids) {
		return query.setParameter("ids", ids).getResultList();
	}

	private static List<Object> query(Collection<Object> ids, Function<List<Object>, List<Object>> query) {
		List<Object> all = List.copyOf(ids);
		List<Object> found = new ArrayList<>();
		for (int start = 0; start < all.size(); start += MAXIMUM_PARAMETERS) {
			found.addAll(query.apply(all.subList(start, Math.min(all.size(), start + MAXIMUM_PARAMETERS))));
		}
		return found;
	}

	/**
	 * Ask for the version that a row has now, in the current transaction.
	 * @param id the id
	 * @return the version, empty if there is no row
	 */
	Optional<Object> findVersion(Object id) {
		SessionImplementor session = getCurrent();
		PersistenceContext context = session.getPersistenceContext();
		Object managed = context.getEntity(session.generateEntityKey(id, this.persister));
		EntityEntry entry = (managed != null) ? context.getEntry(managed) : null;
		if (entry != null && entry.getLockMode() == LockMode.PESSIMISTIC_WRITE) {
			// It was read when it was locked; a select may see an older one
			return Optional.ofNullable(entry.getVersion());
		}
		return Optional.ofNullable(this.persister.getCurrentVersion(id, session));
	}

	/**
	 * Set on instances the versions that their rows hold. A column may be less precise
	 * than what was written to it.
	 * @param session the session, which has flushed
	 * @param entries the instances by id, managed or not
	 */
	void readVersions(SessionImplementor session, Map<Object, Object> entries) {
		String select = "id(e), e." + this.persister.getVersionMapping().getVersionAttribute().getAttributeName();
		for (Object row : query(entries.keySet(),
				(part) -> byIds(session.createQuery(SELECT.formatted(select, entity()), Object.class), part))) {
			Object[] columns = (Object[]) row;
			Object value = entries.get(columns[0]);
			if (value != null) {
				setVersion(session.getPersistenceContext(), value, columns[1]);
			}
		}
	}

	private void setVersion(PersistenceContext context, Object value, Object version) {
		Object instance = Hibernate.unproxy(value);
		EntityEntry entry = context.getEntry(instance);
		if (entry != null) {
			entry.forceLocked(instance, version);
		}
		else {
			this.persister.setValue(instance, this.persister.getVersionPropertyIndex(), version);
		}
	}

}
