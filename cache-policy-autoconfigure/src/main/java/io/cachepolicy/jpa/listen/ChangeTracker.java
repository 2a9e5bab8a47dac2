package io.cachepolicy.jpa.listen;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.cachepolicy.jpa.aggregate.Aggregates;
import io.cachepolicy.jpa.aggregate.Part;
import io.cachepolicy.jpa.aggregate.PartVisitor;
import io.cachepolicy.jpa.aggregate.Reach;
import io.cachepolicy.spi.RowChanges;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.StoreListener;
import io.cachepolicy.spi.StoreParts;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.AfterCompletionCallback;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.BeforeCompletionCallback;
import org.hibernate.event.spi.EventSource;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Follows what the sessions of one factory write, row by row or by statements, and tells
 * those who follow the entities when a transaction has ended. Thread-safe.
 * <p>
 * What is written for a store by a call of it ({@link OwnWrites}) is told to others only.
 * The changes of a session are kept by the session, from the first one of a transaction
 * to its end, of which Hibernate tells. Where it can't, as the connection broke during
 * the commit, Spring does.
 */
public final class ChangeTracker {

	private static final Log logger = LogFactory.getLog(ChangeTracker.class);

	private static final Subscription[] NONE = {};

	private final EntityManagerFactory entityManagerFactory;

	private final SessionFactoryImplementor factory;

	private final ConcurrentMap<SharedSessionContractImplementor, SessionChanges> bySession = new ConcurrentHashMap<>();

	private volatile List<Subscription> subscriptions = List.of();

	/**
	 * Replaced, never changed.
	 */
	private volatile Map<EntityPersister, Subscription[]> byPersister = Map.of();

	/**
	 * Replaced, never changed.
	 */
	private volatile Map<String, Subscription[]> byEntity = Map.of();

	/**
	 * Those whose graphs may hold instances of an entity. Replaced, never changed.
	 */
	private volatile Map<EntityPersister, Subscription[]> holders = Map.of();

	private final Aggregates aggregates;

	private final GraphParts parts;

	private final Rows rows = new Rows();

	private final Loads loads = new Loads();

	private final Statements statements = new Statements();

	/**
	 * Create a tracker.
	 * @param entityManagerFactory the factory, as sessions are bound to threads by it
	 */
	public ChangeTracker(EntityManagerFactory entityManagerFactory) {
		this.entityManagerFactory = entityManagerFactory;
		this.factory = entityManagerFactory.unwrap(SessionFactoryImplementor.class);
		this.aggregates = new Aggregates(this.factory);
		this.parts = new GraphParts(this.aggregates);
	}

	/**
	 * Return what the entities hold of other rows.
	 * @return the aggregates of the factory
	 */
	public Aggregates aggregates() {
		return this.aggregates;
	}

	/**
	 * Return what stores of the factory know of parts.
	 * @return the parts of graphs
	 */
	public StoreParts parts() {
		return this.parts;
	}

	/**
	 * Follow the rows of an entity.
	 * @param store identifies the store whose own writes are not told of
	 * @param persister the entity
	 * @param toKey converts an id of Hibernate to a key
	 * @param relations yields how the rows refer to others
	 * @param listener told of the rows
	 */
	public synchronized void follow(Object store, EntityPersister persister, UnaryOperator<Object> toKey,
			Supplier<RowRelations> relations, StoreListener listener) {
		Reach reach = this.aggregates.reachOf(persister);
		Set<String> reachable = new HashSet<>();
		add(reachable, reach.tables().toArray());
		Subscription subscription = new Subscription(store, persister, tablesOf(persister), reach, reachable, toKey,
				relations, listener);
		List<Subscription> subscriptions = new ArrayList<>(this.subscriptions);
		subscriptions.add(subscription);
		Map<EntityPersister, Subscription[]> byPersister = new IdentityHashMap<>();
		Map<String, Subscription[]> byEntity = new HashMap<>();
		Map<EntityPersister, Subscription[]> holders = new IdentityHashMap<>();
		this.factory.getMappingMetamodel().forEachEntityDescriptor((type) -> {
			put(byPersister, type, subscriptions, (candidate) -> candidate.isOfHierarchy(type.getRootEntityName()));
			put(holders, type, subscriptions, (candidate) -> candidate.reach().contains(type));
			Subscription[] followers = byPersister.get(type);
			if (followers != null) {
				byEntity.put(type.getEntityName(), followers);
			}
		});
		boolean first = this.subscriptions.isEmpty();
		this.subscriptions = List.copyOf(subscriptions);
		this.byPersister = byPersister;
		this.byEntity = byEntity;
		this.holders = holders;
		if (first) {
			RowEvents.register(this.factory, this.rows);
			LoadEvents.register(this.factory, this.loads);
			if (!StatementEvents.register(this.factory, this.statements)) {
				logger.warn("Another JdbcServices takes the place of the one that tells of bulk statements: call "
						+ "PolicyCacheManager.invalidate after them");
			}
		}
	}

	/**
	 * Take rows for written by their store that the session of the current transaction is
	 * about to flush.
	 * @param store identifies the store
	 * @param keys the keys of the rows
	 * @param removed whether they are deleted
	 */
	public void join(Object store, Collection<?> keys, boolean removed) {
		for (Subscription subscription : this.subscriptions) {
			if (subscription.store() == store) {
				EntityManager manager = EntityManagerFactoryUtils
					.getTransactionalEntityManager(this.entityManagerFactory);
				SharedSessionContractImplementor session = (manager != null)
						? manager.unwrap(SharedSessionContractImplementor.class) : null;
				if (session != null && session.isTransactionInProgress()) {
					changesOf(session, subscription).join(store, keys, removed);
				}
			}
		}
	}

	private boolean isJoined(SharedSessionContractImplementor session, Object store, Object key, boolean removed) {
		SessionChanges changes = this.bySession.get(OwnWrites.ownerOf(session));
		return changes != null && changes.isJoined(store, key, removed);
	}

	private static void put(Map<EntityPersister, Subscription[]> map, EntityPersister type,
			List<Subscription> candidates, Predicate<Subscription> condition) {
		Subscription[] found = candidates.stream().filter(condition).toArray(Subscription[]::new);
		if (found.length > 0) {
			map.put(type, found);
		}
	}

	private Set<String> tablesOf(EntityPersister persister) {
		Set<String> tables = new HashSet<>();
		persister.getEntityPersister().getSubMappingTypes();
		this.factory.getMappingMetamodel().forEachEntityDescriptor((type) -> {
			if (type == persister || persister.isSubclassEntityName(type.getEntityName())) {
				add(tables, type.getQuerySpaces());
				add(tables, type.getTableNames());
				addCollections(tables, type.getEntityName());
			}
		});
		return Set.copyOf(tables);
	}

	private void addCollections(Set<String> tables, String owner) {
		this.factory.getMappingMetamodel().forEachCollectionDescriptor((collection) -> {
			if (collection.getOwnerEntityPersister().getEntityName().equals(owner) && !collection.isOneToMany()) {
				add(tables, collection.getCollectionSpaces());
			}
		});
	}

	private static void add(Set<String> tables, Object[] names) {
		Arrays.stream(names).map(Object::toString).map(SqlTables::nameOf).forEach(tables::add);
	}

	private SessionChanges changesOf(SharedSessionContractImplementor session, Subscription first) {
		SessionChanges changes = this.bySession.get(session);
		return (changes != null) ? changes : begin(session, first);
	}

	private SessionChanges begin(SharedSessionContractImplementor session, Subscription first) {
		SessionChanges changes = new SessionChanges(first);
		session.getTransactionCompletionCallbacks()
			.registerCallback((BeforeCompletionCallback) (current) -> changes.beforeCommit());
		session.getTransactionCompletionCallbacks()
			.registerCallback((AfterCompletionCallback) (committed, current) -> end(session, changes, committed));
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(new Completion(session, changes));
		}
		this.bySession.put(session, changes);
		return changes;
	}

	private void end(SharedSessionContractImplementor session, SessionChanges changes, boolean committed) {
		if (this.bySession.remove(session, changes)) {
			changes.end(committed);
		}
	}

	private void changed(SharedSessionContractImplementor writer, Subscription subscription, Object key,
			boolean removed) {
		tell(writer, subscription, (changes) -> changes.changed(key, removed));
	}

	/**
	 * Tell of parts.
	 * @param writer the session that writes
	 * @param subscription whom to tell
	 * @param telling tells, given the keys of values that its store writes by that
	 */
	private void changedParts(SharedSessionContractImplementor writer, Subscription subscription,
			BiConsumer<RowChanges, Set<Object>> telling) {
		OwnWrites own = OwnWrites.current();
		Set<Object> keys = (own != null) ? own.keysOf(subscription.store(), subscription::keyOf) : Set.of();
		SessionChanges changed = this.bySession.get(OwnWrites.ownerOf(writer));
		if (changed != null && !changed.keysOf(subscription.store()).isEmpty()) {
			keys = new HashSet<>(keys);
			keys.addAll(changed.keysOf(subscription.store()).keySet());
		}
		Set<Object> written = keys;
		tell(writer, subscription, (changes) -> telling.accept(changes, written));
	}

	private void tell(SharedSessionContractImplementor writer, Subscription subscription,
			Consumer<RowChanges> telling) {
		SharedSessionContractImplementor session = OwnWrites.ownerOf(writer);
		if (session.isTransactionInProgress()) {
			telling.accept(changesOf(session, subscription).of(subscription));
			return;
		}
		RowChanges changes = subscription.listener().begin();
		telling.accept(changes);
		changes.end(true);
	}

	private void changedAll(SharedSessionContractImplementor writer, Subscription subscription) {
		SharedSessionContractImplementor session = OwnWrites.ownerOf(writer);
		if (session.isTransactionInProgress()) {
			changesOf(session, subscription).of(subscription).changedAll();
		}
		else {
			subscription.listener().changedAll();
		}
	}

	/**
	 * Return whether a session works in the transaction of Spring that the thread has, by
	 * its connection.
	 * @param session the session
	 * @return whether what is stored in the transaction is there for the session
	 */
	private boolean isOfTransaction(SharedSessionContractImplementor session) {
		return session.isTransactionInProgress()
				&& TransactionSynchronizationManager
					.getResource(this.entityManagerFactory) instanceof EntityManagerHolder holder
				&& holder.getEntityManager()
					.unwrap(SharedSessionContractImplementor.class)
					.getJdbcCoordinator() == session.getJdbcCoordinator();
	}

	private static boolean isWithoutConnection(SharedSessionContractImplementor session) {
		return !session.isTransactionInProgress()
				&& !session.getJdbcCoordinator().getLogicalConnection().isPhysicallyConnected();
	}

	private static boolean isAnyPending(Subscription[] followers) {
		for (Subscription follower : followers) {
			if (follower.listener().hasPending()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Follows rows.
	 */
	private final class Rows implements RowEvents.Listener {

		@Override
		public void changed(EntityPersister persister, Object id, @Nullable Object entity, boolean removed,
				SharedSessionContractImplementor session) {
			Subscription[] followers = ChangeTracker.this.byPersister.getOrDefault(persister, NONE);
			for (Subscription follower : followers) {
				changed(follower, id, entity, removed, session);
			}
			Subscription[] holders = ChangeTracker.this.holders.getOrDefault(persister, NONE);
			if (holders.length > 0) {
				Parts parts = new Parts();
				boolean stateless = !(session instanceof EventSource);
				ChangeTracker.this.aggregates.visitRow(persister, id, entity, stateless, parts);
				for (Subscription holder : holders) {
					changedParts(session, holder, parts::tell);
				}
			}
		}

		private void changed(Subscription follower, Object id, @Nullable Object entity, boolean removed,
				SharedSessionContractImplementor session) {
			Object key;
			try {
				key = follower.toKey().apply(id);
			}
			catch (RuntimeException ex) {
				logger.debug("The id of a row is no key", ex);
				changedAll(session, follower);
				return;
			}
			OwnWrites own = OwnWrites.current();
			if ((own == null || !own.covers(follower.store(), key, entity))
					&& !isJoined(session, follower.store(), key, removed)) {
				ChangeTracker.this.changed(session, follower, key, removed);
			}
		}

		@Override
		public void changedCollection(CollectionPersister collection, Object ownerId,
				@Nullable PersistentCollection<?> content, SharedSessionContractImplementor session) {
			EntityPersister owner = collection.getOwnerEntityPersister();
			for (Subscription follower : ChangeTracker.this.byPersister.getOrDefault(owner, NONE)) {
				changed(follower, ownerId, null, false, session);
			}
			Subscription[] holders = ChangeTracker.this.holders.getOrDefault(owner, NONE);
			if (holders.length > 0) {
				Parts parts = new Parts();
				ChangeTracker.this.aggregates.visitCollection(collection, ownerId, content, parts);
				for (Subscription holder : holders) {
					changedParts(session, holder, parts::tell);
				}
			}
		}

	}

	/**
	 * Parts that have changed.
	 */
	private final class Parts implements PartVisitor {

		private final List<Part> parts = new ArrayList<>();

		private @Nullable GraphRange range;

		@Override
		public void part(Part part) {
			this.parts.add(part);
		}

		@Override
		public void anyOf(String role) {
			GraphRange range = (this.range != null) ? this.range : ChangeTracker.this.parts.newRange();
			range.add(role);
			this.range = range;
		}

		void tell(RowChanges changes, Set<Object> own) {
			this.parts.forEach((part) -> changes.changedPart(part, own));
			if (this.range != null) {
				changes.changedParts(this.range, own);
			}
		}

	}

	/**
	 * Lets what is pending be stored before rows are loaded.
	 */
	private final class Loads implements LoadEvents.Listener {

		@Override
		public boolean isAwaiting(String entity) {
			return isAnyPending(followersOf(entity));
		}

		private Subscription[] followersOf(String entity) {
			return ChangeTracker.this.byEntity.getOrDefault(entity, NONE);
		}

		@Override
		public void loading(SharedSessionContractImplementor session, String entity, Object id, boolean lazily) {
			if (!isOfTransaction(session)) {
				return;
			}
			for (Subscription follower : followersOf(entity)) {
				if (follower.listener().hasPending() && !(lazily && follower.persister().hasProxy())) {
					store(follower, id);
				}
			}
		}

		private void store(Subscription follower, Object id) {
			Object key;
			try {
				key = follower.toKey().apply(id);
			}
			catch (RuntimeException ex) {
				logger.debug("The id of a row is no key", ex);
				return;
			}
			follower.listener().storePending(key);
		}

	}

	/**
	 * Follows statements, and lets what is pending be stored before them: rows to which
	 * others refer first.
	 */
	private final class Statements implements StatementEvents.Listener {

		@Override
		public boolean isAwaiting() {
			for (Subscription follower : ChangeTracker.this.subscriptions) {
				if (follower.listener().hasPending()) {
					return true;
				}
			}
			return false;
		}

		@Override
		public void executing(SharedSessionContractImplementor session, SqlTables changed, Set<String> mentioned) {
			List<Subscription> pending = ChangeTracker.this.subscriptions.stream()
				.filter((follower) -> follower.listener().hasPending())
				.toList();
			Set<Subscription> stored = new HashSet<>();
			List<Subscription> queried = new ArrayList<>();
			for (Subscription follower : pending) {
				boolean isQueried = !changed.mayContain(follower.tables()) && follower.isMentioned(mentioned);
				if (isQueried) {
					queried.add(follower);
				}
				if (changed.mayContain(follower.tables())
						|| (isQueried && follower.listener().isFlushedBeforeQueries())) {
					stored.add(follower);
				}
			}
			pending.stream()
				.filter((follower) -> stored.contains(follower)
						|| stored.stream().anyMatch((other) -> other.refersTo(follower)))
				.sorted(Comparator.comparingInt(Subscription::rank))
				.forEach((follower) -> store(session, follower));
			queried.forEach((follower) -> follower.listener().querying());
		}

		private void store(SharedSessionContractImplementor session, Subscription follower) {
			if (isOfTransaction(session)) {
				follower.listener().storePending(null);
			}
			else if (isWithoutConnection(session)) {
				follower.listener().awaitStored();
			}
		}

		@Override
		public void executed(SharedSessionContractImplementor session, SqlTables tables) {
			OwnWrites own = OwnWrites.current();
			Set<Object> keys = (own != null) ? own.keysOfStatement() : null;
			for (Subscription follower : ChangeTracker.this.subscriptions) {
				if (!follower.reach().isEmpty() && tables.mayContain(follower.reachableTables())) {
					GraphRange range = ChangeTracker.this.parts.newRange();
					range.add(tables, keys);
					changedParts(session, follower, (changes, ownKeys) -> changes.changedParts(range, ownKeys));
				}
				if (!tables.mayContain(follower.tables())) {
					continue;
				}
				if (own == null || keys == null) {
					changedAll(session, follower);
				}
				else if (!own.isOf(follower.store())) {
					changedRows(session, follower, keys);
				}
			}
		}

		private void changedRows(SharedSessionContractImplementor session, Subscription follower,
				Collection<Object> keys) {
			keys.forEach((key) -> ChangeTracker.this.changed(session, follower, key, true));
		}

	}

	/**
	 * Tells of an end of which Hibernate did not.
	 */
	private final class Completion implements TransactionSynchronization {

		private final SharedSessionContractImplementor session;

		private final SessionChanges changes;

		Completion(SharedSessionContractImplementor session, SessionChanges changes) {
			this.session = session;
			this.changes = changes;
		}

		@Override
		public void afterCompletion(int status) {
			if (status != STATUS_COMMITTED) {
				end(this.session, this.changes, false);
			}
		}

	}

}
