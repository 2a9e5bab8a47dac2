package io.cachepolicy.jpa.listen;

import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.util.List;

import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.AbstractCollectionEvent;
import org.hibernate.event.spi.AbstractPostDatabaseOperationEvent;
import org.hibernate.event.spi.AbstractSessionEvent;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.MergeContext;
import org.hibernate.event.spi.MergeEvent;
import org.hibernate.event.spi.MergeEventListener;
import org.hibernate.event.spi.PostCollectionRecreateEvent;
import org.hibernate.event.spi.PostCollectionRecreateEventListener;
import org.hibernate.event.spi.PostCollectionRemoveEvent;
import org.hibernate.event.spi.PostCollectionRemoveEventListener;
import org.hibernate.event.spi.PostCollectionUpdateEvent;
import org.hibernate.event.spi.PostCollectionUpdateEventListener;
import org.hibernate.event.spi.PostDeleteEvent;
import org.hibernate.event.spi.PostDeleteEventListener;
import org.hibernate.event.spi.PostInsertEvent;
import org.hibernate.event.spi.PostInsertEventListener;
import org.hibernate.event.spi.PostUpdateEvent;
import org.hibernate.event.spi.PostUpdateEventListener;
import org.hibernate.event.spi.PostUpsertEvent;
import org.hibernate.event.spi.PostUpsertEventListener;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

/**
 * Hibernate's events of single rows.
 */
final class RowEvents implements PostInsertEventListener, PostUpdateEventListener, PostDeleteEventListener,
		PostUpsertEventListener, PostCollectionRecreateEventListener, PostCollectionUpdateEventListener,
		PostCollectionRemoveEventListener, MergeEventListener {

	/**
	 * The method that returns it fails if there is none.
	 */
	private static final Field SESSION = findSessionField();

	private final transient Listeners<Listener> listeners = new Listeners<>();

	private static Field findSessionField() {
		Field field = ReflectionUtils.findField(AbstractSessionEvent.class, "source");
		Assert.state(field != null, "Hibernate's events have no session");
		ReflectionUtils.makeAccessible(field);
		return field;
	}

	/**
	 * Tell a listener of all rows that the sessions of a factory write.
	 * @param factory the factory
	 * @param listener the listener, which somebody has to hold
	 */
	static void register(SessionFactoryImplementor factory, Listener listener) {
		EventListenerRegistry registry = factory.getEventEngine().getListenerRegistry();
		synchronized (registry) {
			find(registry).listeners.add(listener);
		}
	}

	private static RowEvents find(EventListenerRegistry registry) {
		RowEvents known = Listeners.findRegistered(registry, EventType.POST_INSERT, RowEvents.class);
		return (known != null) ? known : append(registry);
	}

	private static RowEvents append(EventListenerRegistry registry) {
		RowEvents events = new RowEvents();
		registry.appendListeners(EventType.POST_INSERT, events);
		registry.appendListeners(EventType.POST_UPDATE, events);
		registry.appendListeners(EventType.POST_DELETE, events);
		registry.appendListeners(EventType.POST_UPSERT, events);
		registry.appendListeners(EventType.POST_COLLECTION_RECREATE, events);
		registry.appendListeners(EventType.POST_COLLECTION_UPDATE, events);
		registry.appendListeners(EventType.POST_COLLECTION_REMOVE, events);
		registry.appendListeners(EventType.MERGE, events);
		return events;
	}

	@Override
	public void onPostInsert(PostInsertEvent event) {
		tell(event, event.getSession(), false);
	}

	@Override
	public void onPostUpdate(PostUpdateEvent event) {
		tell(event, event.getSession(), false);
	}

	@Override
	public void onPostUpsert(PostUpsertEvent event) {
		tell(event, event.getSession(), false);
	}

	@Override
	public void onPostDelete(PostDeleteEvent event) {
		tell(event, event.getSession(), true);
	}

	@Override
	public void onMerge(MergeEvent event) {
		Object managed = event.getResult();
		Object original = event.getOriginal();
		EntityEntry entry = (managed != null) ? event.getSession().getPersistenceContextInternal().getEntry(managed)
				: null;
		Object id = (entry != null) ? entry.getId() : null;
		if (entry != null && id != null && managed != null && original != null) {
			this.listeners.forEach(
					(listener) -> listener.merged(entry.getPersister(), id, original, managed, event.getSession()));
		}
	}

	@Override
	public void onMerge(MergeEvent event, MergeContext copiedAlready) {
		// What an instance refers to is no value that a method returns
	}

	private void tell(AbstractPostDatabaseOperationEvent event, SharedSessionContractImplementor session,
			boolean removed) {
		EntityPersister persister = event.getPersister();
		List<WeakReference<Listener>> references = this.listeners.references();
		// Without an iterator, as most rows are followed by nobody
		for (int i = 0; i < references.size(); i++) {
			Listener listener = references.get(i).get();
			if (listener != null) {
				listener.changed(persister, event.getId(), event.getEntity(), removed, session);
			}
		}
	}

	@Override
	public void onPostRecreateCollection(PostCollectionRecreateEvent event) {
		tell(event);
	}

	@Override
	public void onPostUpdateCollection(PostCollectionUpdateEvent event) {
		tell(event);
	}

	@Override
	public void onPostRemoveCollection(PostCollectionRemoveEvent event) {
		tell(event);
	}

	/**
	 * Tell of a collection. A stateless session writes it with its owner, of which there
	 * is an event as well, and is not in this one.
	 * @param event the event
	 */
	private void tell(AbstractCollectionEvent event) {
		Object ownerId = event.getAffectedOwnerIdOrNull();
		if (ownerId != null
				&& ReflectionUtils.getField(SESSION, event) instanceof SharedSessionContractImplementor session) {
			for (CollectionPersister collection : ChangedCollections.of(event, session)) {
				this.listeners.forEach(
						(listener) -> listener.changedCollection(collection, ownerId, event.getCollection(), session));
			}
		}
	}

	/**
	 * Told of rows by the thread that writes them.
	 */
	interface Listener {

		/**
		 * A row was inserted, updated or deleted, or is about to be in a batch.
		 * @param persister the entity
		 * @param id its id
		 * @param entity the instance
		 * @param removed whether the row is deleted
		 * @param session the session
		 */
		void changed(EntityPersister persister, Object id, @Nullable Object entity, boolean removed,
				SharedSessionContractImplementor session);

		/**
		 * An instance was merged into a managed one, which is stored when the session
		 * flushes.
		 * @param persister the entity
		 * @param id its id
		 * @param original the instance
		 * @param managed the managed one
		 * @param session the session
		 */
		void merged(EntityPersister persister, Object id, Object original, Object managed,
				SharedSessionContractImplementor session);

		/**
		 * The rows of a collection were changed.
		 * @param collection the collection
		 * @param ownerId the id of its owner
		 * @param content the collection as it was written, if there is one
		 * @param session the session
		 */
		void changedCollection(CollectionPersister collection, Object ownerId,
				@Nullable PersistentCollection<?> content, SharedSessionContractImplementor session);

	}

}
