package io.cachepolicy.jpa;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * The Hibernate sessions in which the instances of one entity are managed.
 */
final class EntitySessions {

	private final EntityManagerFactory entityManagerFactory;

	private final EntityPersister persister;

	EntitySessions(EntityManagerFactory entityManagerFactory, EntityPersister persister) {
		this.entityManagerFactory = entityManagerFactory;
		this.persister = persister;
	}

	/**
	 * Return whether an instance is managed by the session that is bound to this thread.
	 * @param value the instance
	 * @return {@code false} too if there is no session
	 */
	boolean isManaged(Object value) {
		EntityManager bound = findBound();
		return bound != null && this.persister.getMappedClass().isInstance(value) && bound.contains(value);
	}

	/**
	 * Return whether the session that is bound to this thread knows the row of an id.
	 * @param id the id
	 * @return {@code false} too if there is no session
	 */
	boolean isLoaded(Object id) {
		EntityManager bound = findBound();
		return bound != null && isLoaded(id, bound.unwrap(SessionImplementor.class));
	}

	private boolean isLoaded(Object id, SessionImplementor session) {
		EntityKey key = session.generateEntityKey(id, this.persister);
		PersistenceContext context = session.getPersistenceContext();
		return context.containsEntity(key) || context.getProxy(key) != null;
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
	<T> T inBatch(int size, Function<EntityManager, T> work) {
		SessionImplementor session = getCurrent();
		Integer jdbcBatchSize = session.getJdbcBatchSize();
		int fetchBatchSize = session.getFetchBatchSize();
		session.setJdbcBatchSize(Math.max(size, session.getConfiguredJdbcBatchSize()));
		session.setFetchBatchSize(Math.max(size, fetchBatchSize));
		try {
			T result = work.apply(session);
			session.flush();
			return result;
		}
		finally {
			session.setJdbcBatchSize(jdbcBatchSize);
			session.setFetchBatchSize(fetchBatchSize);
		}
	}

	private SessionImplementor getCurrent() {
		EntityManager entityManager = EntityManagerFactoryUtils
			.getTransactionalEntityManager(this.entityManagerFactory);
		Assert.state(entityManager != null, "The transaction manager does not support synchronization");
		return entityManager.unwrap(SessionImplementor.class);
	}

	/**
	 * Load rows by one query, ordered by id: the order in which they are loaded is that
	 * in which changes to them are flushed.
	 * @param session the session
	 * @param ids the ids
	 * @return the instances found
	 */
	List<Object> findAll(EntityManager session, Collection<?> ids) {
		return session
			.createQuery(
					"select e from %s e where id(e) in :ids order by id(e)".formatted(this.persister.getEntityName()),
					Object.class)
			.setParameter("ids", ids)
			.getResultList();
	}

	/**
	 * Ask for the version that a row has now, in the current transaction.
	 * @param id the id
	 * @return the version, empty if there is no row
	 */
	Optional<Object> findVersion(Object id) {
		return Optional.ofNullable(this.persister.getCurrentVersion(id, getCurrent()));
	}

}
