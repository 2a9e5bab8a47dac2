package io.cachepolicy.jpa;

import org.hibernate.Hibernate;
import org.hibernate.Interceptor;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Makes a stateless session write what callbacks made of an instance: it reads the state
 * before it calls them. It also takes referenced instances that have an id for stored,
 * and so does not ask for their rows.
 */
final class RowInterceptor implements Interceptor {

	private final SessionFactoryImplementor factory;

	private final Interceptor next;

	RowInterceptor(EntityPersister persister, Interceptor next) {
		this.factory = persister.getFactory();
		this.next = next;
	}

	@Override
	public void onInsert(Object entity, Object id, Object[] state, String[] names, Type[] types) {
		readState(entity, state);
		this.next.onInsert(entity, id, state, names, types);
	}

	@Override
	public void onUpdate(Object entity, Object id, Object[] state, String[] names, Type[] types) {
		readState(entity, state);
		this.next.onUpdate(entity, id, state, names, types);
	}

	@Override
	public void onUpsert(Object entity, Object id, Object[] state, String[] names, Type[] types) {
		this.next.onUpsert(entity, id, state, names, types);
	}

	private void readState(Object entity, Object[] state) {
		EntityPersister persister = this.factory.getMappingMetamodel().getEntityDescriptor(entity.getClass());
		@Nullable Object[] current = persister.getValues(entity);
		System.arraycopy(current, 0, state, 0, state.length);
	}

	@Override
	public @Nullable Boolean isTransient(Object entity) {
		Boolean answer = this.next.isTransient(entity);
		return (answer == null && hasId(Hibernate.unproxy(entity))) ? Boolean.FALSE : answer;
	}

	private boolean hasId(Object entity) {
		EntityPersister persister = this.factory.getMappingMetamodel().findEntityDescriptor(entity.getClass());
		return persister != null && persister.getIdentifier(entity) != null;
	}

}
