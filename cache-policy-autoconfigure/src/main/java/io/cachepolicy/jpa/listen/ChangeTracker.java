package io.cachepolicy.jpa.listen;

import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.cachepolicy.jpa.aggregate.Aggregates;
import io.cachepolicy.jpa.aggregate.Reach;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.StoreListener;
import io.cachepolicy.spi.StoreParts;
import jakarta.persistence.EntityManagerFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;

/**
 * Follows what the sessions of one factory write, row by row or by statements, and tells
 * those who follow the entities when a transaction has ended. Thread-safe.
 */
public final class ChangeTracker {

	private static final Log logger = LogFactory.getLog(ChangeTracker.class);

	private final SessionFactoryImplementor factory;

	private final Followers followers;

	private final TrackedSessions sessions;

	private final Aggregates aggregates;

	private final GraphParts parts;

	/**
	 * Held here, as those who tell them do not.
	 */
	private final RowFollower rows;

	private final LoadFollower loads;

	private final StatementFollower statements;

	/**
	 * Create a tracker.
	 * @param entityManagerFactory the factory, as sessions are bound to threads by it
	 */
	public ChangeTracker(EntityManagerFactory entityManagerFactory) {
		this.factory = entityManagerFactory.unwrap(SessionFactoryImplementor.class);
		this.followers = new Followers(this.factory);
		this.sessions = new TrackedSessions(entityManagerFactory);
		this.aggregates = new Aggregates(this.factory);
		this.parts = new GraphParts(this.aggregates);
		BodyRows bodies = new BodyRows(entityManagerFactory, this.sessions);
		this.rows = new RowFollower(this.followers, this.sessions, this.aggregates, this.parts, bodies);
		this.loads = new LoadFollower(this.followers, this.sessions);
		this.statements = new StatementFollower(this.followers, this.sessions, this.parts);
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
		Set<String> reachable = EntityTables.named(reach.tables().toArray());
		boolean first = this.followers.add(new Subscription(store, persister, EntityTables.of(this.factory, persister),
				reach, reachable, toKey, relations, listener));
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
		for (Subscription subscription : this.followers.all()) {
			if (subscription.store() == store) {
				this.sessions.join(subscription, keys, removed);
			}
		}
	}

}
