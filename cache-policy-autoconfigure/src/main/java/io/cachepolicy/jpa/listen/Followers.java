package io.cachepolicy.jpa.listen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;

/**
 * Those who follow entities of one factory, by what they follow. Thread-safe: what
 * readers see is replaced, never changed.
 */
final class Followers {

	private static final Subscription[] NONE = {};

	private final SessionFactoryImplementor factory;

	private volatile List<Subscription> all = List.of();

	private volatile Map<EntityPersister, Subscription[]> byPersister = Map.of();

	private volatile Map<String, Subscription[]> byEntity = Map.of();

	private volatile Map<EntityPersister, Subscription[]> holders = Map.of();

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
		Map<EntityPersister, Subscription[]> byPersister = new IdentityHashMap<>();
		Map<String, Subscription[]> byEntity = new HashMap<>();
		Map<EntityPersister, Subscription[]> holders = new IdentityHashMap<>();
		this.factory.getMappingMetamodel().forEachEntityDescriptor((type) -> {
			put(byPersister, type, all, (candidate) -> candidate.isOfHierarchy(type.getRootEntityName()));
			put(holders, type, all, (candidate) -> candidate.reach().contains(type));
			Subscription[] followers = byPersister.get(type);
			if (followers != null) {
				byEntity.put(type.getEntityName(), followers);
			}
		});
		boolean first = this.all.isEmpty();
		this.all = List.copyOf(all);
		this.byPersister = byPersister;
		this.byEntity = byEntity;
		this.holders = holders;
		return first;
	}

	private static void put(Map<EntityPersister, Subscription[]> map, EntityPersister type,
			List<Subscription> candidates, Predicate<Subscription> condition) {
		Subscription[] found = candidates.stream().filter(condition).toArray(Subscription[]::new);
		if (found.length > 0) {
			map.put(type, found);
		}
	}

	List<Subscription> all() {
		return this.all;
	}

	/**
	 * Return those that follow the rows of an entity.
	 * @param persister the entity
	 * @return the followers, not to be changed
	 */
	Subscription[] of(EntityPersister persister) {
		return this.byPersister.getOrDefault(persister, NONE);
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
	 * Return those whose graphs may hold instances of an entity.
	 * @param persister the entity
	 * @return the followers, not to be changed
	 */
	Subscription[] holdersOf(EntityPersister persister) {
		return this.holders.getOrDefault(persister, NONE);
	}

}
