package io.cachepolicy.jpa.listen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Those who follow entities of one factory, by what they follow. Thread-safe: what
 * readers see is replaced, never changed.
 */
final class Followers {

	private static final Subscription[] NONE = {};

	private final SessionFactoryImplementor factory;

	private volatile List<Subscription> all = List.of();

	private volatile Map<EntityPersister, Interest> byPersister = Map.of();

	private volatile Map<String, Subscription[]> byEntity = Map.of();

	Followers(SessionFactoryImplementor factory) {
		this.factory = factory;
	}

	/**
	 * Add one.
	 * @param subscription what it follows
	 * @return whether it is the first one
	 */
	synchronized boolean add(Subscription subscription) {
		List<Subscription> all = new ArrayList<>(this.all);
		all.add(subscription);
		Map<EntityPersister, Interest> byPersister = new IdentityHashMap<>();
		Map<String, Subscription[]> byEntity = new HashMap<>();
		this.factory.getMappingMetamodel().forEachEntityDescriptor((type) -> {
			Subscription[] followers = find(all, (candidate) -> candidate.isOfHierarchy(type.getRootEntityName()));
			Subscription[] holders = find(all, (candidate) -> candidate.reach().contains(type));
			if (followers.length > 0) {
				byEntity.put(type.getEntityName(), followers);
			}
			if (followers.length + holders.length > 0) {
				byPersister.put(type, new Interest(followers, holders));
			}
		});
		boolean first = this.all.isEmpty();
		this.all = List.copyOf(all);
		this.byPersister = byPersister;
		this.byEntity = byEntity;
		return first;
	}

	private static Subscription[] find(List<Subscription> candidates, Predicate<Subscription> condition) {
		return candidates.stream().filter(condition).toArray(Subscription[]::new);
	}

	List<Subscription> all() {
		return this.all;
	}

	/**
	 * Return those to whom the rows of an entity matter. Asked for each row that
	 * Hibernate writes, cached or not.
	 * @param persister the entity
	 * @return them, {@code null} if there are none
	 */
	@Nullable Interest in(EntityPersister persister) {
		return this.byPersister.get(persister);
	}

	/**
	 * Return those that follow the rows of an entity.
	 * @param entity the name of the entity
	 * @return the followers, not to be changed
	 */
	Subscription[] of(String entity) {
		return this.byEntity.getOrDefault(entity, NONE);
	}

	/**
	 * To whom the rows of an entity matter. The arrays are not to be changed.
	 *
	 * @param followers those that follow the rows
	 * @param holders those whose graphs may hold instances of the entity
	 */
	record Interest(Subscription[] followers, Subscription[] holders) {

	}

}
