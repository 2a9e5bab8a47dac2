package io.cachepolicy.jpa;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.hibernate.internal.EmptyInterceptor;
import org.hibernate.jpa.event.spi.CallbackRegistry;
import org.hibernate.jpa.event.spi.CallbackType;
import org.hibernate.persister.entity.EntityPersister;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.data.domain.DomainEvents;
import org.springframework.util.ReflectionUtils;

/**
 * What happens beside the row when a repository saves or deletes an entity.
 */
final class SaveEffects {

	private static final List<EventType<?>> EVENTS = List.of(EventType.PERSIST, EventType.PERSIST_ONFLUSH,
			EventType.MERGE, EventType.DELETE, EventType.FLUSH, EventType.FLUSH_ENTITY, EventType.LOAD,
			EventType.PRE_LOAD, EventType.POST_LOAD, EventType.PRE_INSERT, EventType.POST_INSERT,
			EventType.POST_COMMIT_INSERT, EventType.PRE_UPDATE, EventType.POST_UPDATE, EventType.POST_COMMIT_UPDATE,
			EventType.PRE_UPSERT, EventType.POST_UPSERT, EventType.PRE_DELETE, EventType.POST_DELETE,
			EventType.POST_COMMIT_DELETE);

	private static final List<String> HIBERNATE = List.of("org.hibernate.event.internal.",
			"org.hibernate.boot.beanvalidation.", "io.cachepolicy.jpa.listen.");

	private static final String VALIDATION_GROUP = "persistence.validation.group.pre-";

	private final EntityRepository repository;

	private final SessionFactoryImplementor factory;

	private final Collection<EntityPersister> written;

	/**
	 * Create a description.
	 * @param repository the repository
	 * @param written the entities whose instances the repository writes: its own, with
	 * subclasses, and those to which it cascades
	 */
	SaveEffects(EntityRepository repository, Collection<EntityPersister> written) {
		this.repository = repository;
		this.factory = repository.persister().getFactory();
		this.written = written;
	}

	/**
	 * Return whether one of some callbacks is declared, in an entity or in a listener.
	 * @param types the kinds of callbacks
	 * @return whether there is one, such as that of auditing
	 */
	boolean hasCallback(CallbackType... types) {
		CallbackRegistry callbacks = this.factory.getEventEngine().getCallbackRegistry();
		return this.written.stream()
			.map(EntityPersister::getMappedClass)
			.anyMatch((entity) -> Stream.of(types).anyMatch((type) -> callbacks.hasRegisteredCallbacks(entity, type)));
	}

	/**
	 * Return whether the application listens to Hibernate. Bean Validation does not count
	 * as long as it checks the same on every occasion.
	 * @return whether there is an interceptor or an event listener that is not
	 * Hibernate's own
	 */
	boolean isListenedTo() {
		SessionFactoryOptions options = this.factory.getSessionFactoryOptions();
		return !(options.getInterceptor() instanceof EmptyInterceptor)
				|| options.getStatelessInterceptorImplementorSupplier() != null || hasForeignListener()
				|| hasValidationGroups();
	}

	private boolean hasValidationGroups() {
		return this.factory.getProperties().keySet().stream().anyMatch((name) -> name.contains(VALIDATION_GROUP));
	}

	private boolean hasForeignListener() {
		EventListenerRegistry registry = this.factory.getEventEngine().getListenerRegistry();
		List<Object> listeners = new ArrayList<>();
		EVENTS
			.forEach((type) -> registry.getEventListenerGroup(type).fireEventOnEachListener(listeners, this::collect));
		return listeners.stream()
			.map((listener) -> listener.getClass().getName())
			.anyMatch((name) -> HIBERNATE.stream().noneMatch(name::startsWith));
	}

	private void collect(Object listener, List<Object> listeners) {
		listeners.add(listener);
	}

	/**
	 * Return whether nothing happens but callbacks, and only before and after inserts and
	 * updates. A cache of query results is told of what a session writes, not of what a
	 * stateless session does.
	 * @return whether a stateless session does all of it
	 */
	boolean areCallbacksOnWrites() {
		return isSpringData() && !isListenedTo() && !isTenantBased() && !hasCallback(CallbackType.POST_LOAD)
				&& !this.factory.getSessionFactoryOptions().isQueryCacheEnabled();
	}

	/**
	 * Return whether nothing happens when an entity is deleted.
	 * @return whether the rows can be deleted without the repository
	 */
	boolean areNoneOnDelete() {
		return isSpringData() && !isListenedTo() && !isTenantBased()
				&& !hasCallback(CallbackType.PRE_REMOVE, CallbackType.POST_REMOVE, CallbackType.POST_LOAD);
	}

	private boolean isSpringData() {
		return this.repository.savesAsSpringData() && !this.repository.isAdvised() && !publishesEvents();
	}

	private boolean publishesEvents() {
		List<Method> methods = new ArrayList<>();
		ReflectionUtils.doWithMethods(this.repository.persister().getMappedClass(), methods::add,
				(method) -> AnnotatedElementUtils.hasAnnotation(method, DomainEvents.class));
		return !methods.isEmpty();
	}

	/**
	 * Return whether the thread decides to which tenant a row belongs.
	 * @return whether there are tenants
	 */
	boolean isTenantBased() {
		return this.factory.getSessionFactoryOptions().isMultiTenancyEnabled()
				|| this.factory.getCurrentTenantIdentifierResolver() != null;
	}

	/**
	 * Return whether what is stored may depend on the thread that writes.
	 * @return whether foreign code has a part in it
	 */
	boolean isContextual() {
		return hasCallback(CallbackType.values()) || !isSpringData() || isTenantBased() || isListenedTo();
	}

}
