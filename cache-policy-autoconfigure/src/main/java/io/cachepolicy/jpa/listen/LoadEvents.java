package io.cachepolicy.jpa.listen;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.LoadEvent;
import org.hibernate.event.spi.LoadEventListener;
import org.hibernate.loader.ast.spi.CascadingFetchProfile;

/**
 * Hibernate's events of single rows that are about to be loaded by their ids. Those are
 * left out that a merge loads, which is about to write over what it finds.
 */
final class LoadEvents implements LoadEventListener {

	private final transient Listeners<Listener> listeners = new Listeners<>();

	/**
	 * Tell a listener of all rows that the sessions of a factory load by id.
	 * @param factory the factory
	 * @param listener the listener, which somebody has to hold
	 */
	static void register(SessionFactoryImplementor factory, Listener listener) {
		EventListenerRegistry registry = factory.getEventEngine().getListenerRegistry();
		synchronized (registry) {
			find(registry).listeners.add(listener);
		}
	}

	private static LoadEvents find(EventListenerRegistry registry) {
		LoadEvents known = Listeners.findRegistered(registry, EventType.LOAD, LoadEvents.class);
		if (known != null) {
			return known;
		}
		LoadEvents events = new LoadEvents();
		registry.prependListeners(EventType.LOAD, events);
		return events;
	}

	@Override
	public void onLoad(LoadEvent event, LoadType type) {
		String entity = event.getEntityClassName();
		Object id = event.getEntityId();
		if (entity != null && id != null && type != RELOAD && OwnWrites.current() == null) {
			this.listeners.forEach((listener) -> {
				if (listener.isAwaiting(entity) && !isMerge(event)) {
					listener.loading(event.getSession(), entity, id, type.isAllowProxyCreation());
				}
			});
		}
	}

	private static boolean isMerge(LoadEvent event) {
		return event.getSession()
			.getLoadQueryInfluencers()
			.getEnabledCascadingFetchProfile() == CascadingFetchProfile.MERGE;
	}

	/**
	 * Told of loads by the thread that loads.
	 */
	interface Listener {

		/**
		 * Return whether loads of an entity matter now.
		 * @param entity the name of the entity
		 * @return whether to tell of them
		 */
		boolean isAwaiting(String entity);

		/**
		 * A row is about to be loaded.
		 * @param session the session
		 * @param entity the name of the entity
		 * @param id the id
		 * @param lazily whether a proxy is enough
		 */
		void loading(SharedSessionContractImplementor session, String entity, Object id, boolean lazily);

	}

}
