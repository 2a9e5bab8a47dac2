package io.cachepolicy.jpa.listen;

import io.cachepolicy.jpa.aggregate.Aggregates;
import io.cachepolicy.jpa.listen.Followers.Interest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.EventSource;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Follows what sessions write row by row, and tells those who follow the rows, or hold
 * them. What is written for a store by a call of it ({@link OwnWrites}) is told to others
 * only. Thread-safe.
 */
final class RowFollower implements RowEvents.Listener {

	private static final Log logger = LogFactory.getLog(RowFollower.class);

	private final Followers followers;

	private final TrackedSessions sessions;

	private final Aggregates aggregates;

	private final GraphParts graphs;

	private final BodyRows bodies;

	RowFollower(Followers followers, TrackedSessions sessions, Aggregates aggregates, GraphParts graphs,
			BodyRows bodies) {
		this.followers = followers;
		this.sessions = sessions;
		this.aggregates = aggregates;
		this.graphs = graphs;
		this.bodies = bodies;
	}

	@Override
	public void changed(EntityPersister persister, Object id, @Nullable Object entity, boolean removed,
			SharedSessionContractImplementor session) {
		Interest interest = this.followers.in(persister);
		if (interest == null) {
			return;
		}
		for (Subscription follower : interest.followers()) {
			changed(follower, id, entity, removed, session);
		}
		if (interest.holders().length > 0) {
			TouchedParts parts = new TouchedParts(this.graphs);
			boolean stateless = !(session instanceof EventSource);
			this.aggregates.visitRow(persister, id, entity, stateless, parts);
			tell(interest.holders(), parts, session);
		}
	}

	private void tell(Subscription[] holders, TouchedParts parts, SharedSessionContractImplementor session) {
		for (Subscription holder : holders) {
			this.sessions.changedParts(session, holder, parts::tell);
		}
	}

	private void changed(Subscription follower, Object id, @Nullable Object entity, boolean removed,
			SharedSessionContractImplementor session) {
		Object key = follower.findKey(id);
		if (key == null) {
			this.sessions.changedAll(session, follower);
			return;
		}
		OwnWrites own = OwnWrites.current();
		boolean known = own != null && own.covers(follower.store(), key, entity);
		this.bodies.changed(follower, key, entity, removed, known, session);
		if (!known) {
			this.sessions.changed(OwnWrites.ownerOf(session, own), follower, key, removed);
		}
	}

	@Override
	public void merged(EntityPersister persister, Object id, Object original, Object managed,
			SharedSessionContractImplementor session) {
		Interest interest = this.followers.in(persister);
		if (interest == null) {
			return;
		}
		for (Subscription follower : interest.followers()) {
			try {
				this.bodies.merged(follower, follower.toKey().apply(id), original, managed, session);
			}
			catch (RuntimeException ex) {
				logger.debug("The id of a merged instance is no key", ex);
			}
		}
	}

	@Override
	public void changedCollection(CollectionPersister collection, Object ownerId,
			@Nullable PersistentCollection<?> content, SharedSessionContractImplementor session) {
		Interest interest = this.followers.in(collection.getOwnerEntityPersister());
		if (interest == null) {
			return;
		}
		for (Subscription follower : interest.followers()) {
			changed(follower, ownerId, null, false, session);
		}
		if (interest.holders().length > 0) {
			TouchedParts parts = new TouchedParts(this.graphs);
			this.aggregates.visitCollection(collection, ownerId, content, parts);
			tell(interest.holders(), parts, session);
		}
	}

}
