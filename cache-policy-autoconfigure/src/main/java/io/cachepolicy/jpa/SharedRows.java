package io.cachepolicy.jpa;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.CacheSpec;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.persister.entity.EntityPersister;

/**
 * Tells once of caches that write the same rows, those of one entity or of one hierarchy
 * of entities, when one of them defers its writes: each takes a flush of the other one
 * for a change by another writer. Thread-safe.
 */
final class SharedRows {

	private static final Log logger = LogFactory.getLog(SharedRows.class);

	private final Map<EntityPersister, Map<String, User>> usersByRoot = new ConcurrentHashMap<>();

	/**
	 * Look at a cache that is about to get its store.
	 * @param cache the cache
	 * @param persister its entity
	 */
	void check(CacheSpec cache, EntityPersister persister) {
		User user = new User(cache.name(), persister.getEntityName(), cache.policy() == WritePolicy.WRITE_BACK);
		this.usersByRoot.compute(rootOf(persister), (root, known) -> {
			Map<String, User> users = (known != null) ? known : new LinkedHashMap<>();
			users.values()
				.stream()
				.filter((other) -> other.isInTheWayOf(user))
				.forEach((other) -> warn(List.of(user, other)));
			users.put(user.cacheName(), user);
			return users;
		});
	}

	private static EntityPersister rootOf(EntityPersister persister) {
		return persister.getFactory().getMappingMetamodel().getEntityDescriptor(persister.getRootEntityName());
	}

	private static void warn(Collection<User> users) {
		List<User> sorted = users.stream().sorted(Comparator.comparing(User::cacheName)).toList();
		User first = sorted.get(0);
		User second = sorted.get(1);
		logger.warn(("The caches '%s' (of %s) and '%s' (of %s) may write the same rows, and %s its writes: what the "
				+ "one writes is in conflict with what is pending in the other. Use one cache for all of them, "
				+ "the one of the superclass if these are a hierarchy, or set 'policy' of both to 'write-through'.")
			.formatted(first.cacheName(), first.entity(), second.cacheName(), second.entity(),
					(first.defers() && second.defers()) ? "each defers"
							: "'" + (first.defers() ? first : second).cacheName() + "' defers"));
	}

	/**
	 * A cache and its entity.
	 *
	 * @param cacheName the name of the cache
	 * @param entity the name of the entity
	 * @param defers whether its policy is write-back
	 */
	private record User(String cacheName, String entity, boolean defers) {

		boolean isInTheWayOf(User other) {
			return !this.cacheName.equals(other.cacheName) && (this.defers || other.defers);
		}

	}

}
