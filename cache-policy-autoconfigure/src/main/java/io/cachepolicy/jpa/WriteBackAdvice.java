package io.cachepolicy.jpa;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.OnConflict;
import jakarta.persistence.EntityManagerFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.persister.entity.EntityPersister;

/**
 * Warns of settings that make write-back slower than it could be, once each, and of those
 * that have no effect.
 */
final class WriteBackAdvice {

	private static final Log logger = LogFactory.getLog(WriteBackAdvice.class);

	private final Set<EntityManagerFactory> factories = ConcurrentHashMap.newKeySet();

	private final Set<EntityPersister> entities = ConcurrentHashMap.newKeySet();

	/**
	 * Look at what a cache uses whose policy is write-back.
	 * @param cache the cache
	 * @param factory the factory of its entity
	 * @param persister the description of its entity
	 */
	void check(CacheSpec cache, EntityManagerFactory factory, EntityPersister persister) {
		if (this.factories.add(factory)) {
			checkBatching(persister.getFactory().getSessionFactoryOptions());
		}
		if (persister.isIdentifierAssignedByInsert() && this.entities.add(persister)) {
			logger
				.warn(("The ids of %s are IDENTITY columns: a new entity of the write-back cache '%s' is inserted alone, "
						+ "when it is written. Assign the ids, a UUID for example, and inserts are deferred and batched.")
					.formatted(persister.getEntityName(), cache.name()));
		}
		if (!persister.isVersioned() && cache.writeBack().onConflict() != OnConflict.DEAD_LETTER) {
			logger.warn(("'on-conflict' has no effect on the cache '%s': its entity %s has no @Version, so that nobody "
					+ "notices what others change. Add one, or remove the setting.")
				.formatted(cache.name(), persister.getEntityName()));
		}
	}

	private void checkBatching(SessionFactoryOptions options) {
		if (options.getJdbcBatchSize() < 2) {
			logger
				.warn("JDBC batching is off. The flushes of write-back caches batch their rows all the same, but what "
						+ "the application itself writes is sent row by row. Set "
						+ "'spring.jpa.properties.hibernate.jdbc.batch_size' to 50, for example, and "
						+ "'spring.jpa.properties.hibernate.order_inserts' and "
						+ "'spring.jpa.properties.hibernate.order_updates' to 'true', which cascaded rows need to be batched.");
		}
	}

}
