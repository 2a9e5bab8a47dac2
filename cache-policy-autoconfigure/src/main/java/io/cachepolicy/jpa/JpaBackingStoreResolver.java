package io.cachepolicy.jpa;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.CacheStore;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.jpa.copy.EntityCopier;
import io.cachepolicy.jpa.listen.ChangeTracker;
import io.cachepolicy.jpa.relation.ForeignKeys;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.BackingStoreResolver;
import io.cachepolicy.spi.CacheStoreAdapter;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.core.EntityInformation;
import org.springframework.data.repository.core.support.RepositoryFactoryInformation;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Finds the store of a cache among the beans of an application: a {@link CacheStore} that
 * is configured or has the name of the cache, else the JPA repository that is configured,
 * else that of the entity that is configured or suggested by annotated methods. An entity
 * without a repository that saves and deletes is stored through its entity manager.
 * <p>
 * No bean is asked for before the first store is resolved.
 */
public final class JpaBackingStoreResolver implements BackingStoreResolver {

	private final ListableBeanFactory beanFactory;

	private final EntityManagerFactories entityManagerFactories;

	private final RepositoryBeans repositories;

	private final EntityCopier copier;

	private final Map<EntityManagerFactory, ForeignKeys> foreignKeys = new ConcurrentHashMap<>();

	private final Map<EntityManagerFactory, UpdateCounts> updateCounts = new ConcurrentHashMap<>();

	private final Map<EntityManagerFactory, ChangeTracker> trackers = new ConcurrentHashMap<>();

	private final WriteBackAdvice advice = new WriteBackAdvice();

	private final SharedRows sharedRows = new SharedRows();

	/**
	 * Create a resolver.
	 * @param beanFactory the beans of the application
	 */
	public JpaBackingStoreResolver(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		this.entityManagerFactories = new EntityManagerFactories(beanFactory);
		this.repositories = new RepositoryBeans(beanFactory);
		this.copier = new EntityCopier(this.entityManagerFactories::stream);
	}

	@Override
	public @Nullable BackingStore resolve(CacheSpec spec, @Nullable Class<?> inferredEntity) {
		Settings settings = new Settings(spec);
		String store = findStoreName(spec);
		if (store != null) {
			settings.requireNoRepositoryBeside(store);
			return new CacheStoreAdapter(spec.name(), getStore(store, settings));
		}
		if (spec.repository() != null) {
			return createStore(spec.repository(), spec, settings);
		}
		Class<?> entity = (spec.entity() != null) ? spec.entity() : inferredEntity;
		return (entity != null) ? resolve(entity, spec, settings) : null;
	}

	private @Nullable String findStoreName(CacheSpec spec) {
		if (spec.store() != null) {
			return spec.store();
		}
		boolean sameName = this.beanFactory.containsBean(spec.name())
				&& this.beanFactory.isTypeMatch(spec.name(), CacheStore.class);
		return sameName ? spec.name() : null;
	}

	private CacheStore<?, ?> getStore(String name, Settings settings) {
		if (!this.beanFactory.containsBean(name)) {
			throw settings.noSuchBean("store", name, "CacheStore");
		}
		if (!this.beanFactory.isTypeMatch(name, CacheStore.class)) {
			throw settings.wrongBean("store", name, "a CacheStore");
		}
		return this.beanFactory.getBean(name, CacheStore.class);
	}

	private @Nullable BackingStore resolve(Class<?> entity, CacheSpec spec, Settings settings) {
		EntityManagerFactory entityManagerFactory = this.entityManagerFactories.find(entity);
		EntityPersister persister = (entityManagerFactory != null)
				? EntityManagerFactories.findPersister(entityManagerFactory, entity) : null;
		if (entityManagerFactory == null || persister == null) {
			if (spec.entity() != null) {
				throw settings.notAnEntity(entity);
			}
			return null;
		}
		List<String> names = this.repositories.findNames(entity, spec.name());
		if (names.size() > 1) {
			throw settings.severalRepositories(entity, names);
		}
		if (!names.isEmpty()) {
			return createStore(names.get(0), spec, settings);
		}
		CrudRepository<Object, Object> substitute = this.repositories.findSubstitute(entity);
		EntityRepository repository = (substitute != null)
				? EntityRepository.of(substitute, entityManagerFactory, persister)
				: EntityRepository.of(entityManagerFactory, persister);
		return createStore(repository, entityManagerFactory, spec);
	}

	private BackingStore createStore(String name, CacheSpec spec, Settings settings) {
		RepositoryFactoryInformation<?, ?> factory = getRepositoryFactory(name, settings);
		Class<?> entity = (factory != null) ? factory.getRepositoryInformation().getDomainType()
				: this.repositories.getSubstitutedEntity(name);
		settings.requireEntity(entity, name);
		EntityManagerFactory entityManagerFactory = this.entityManagerFactories.find(entity);
		EntityPersister persister = (entityManagerFactory != null)
				? EntityManagerFactories.findPersister(entityManagerFactory, entity) : null;
		if (entityManagerFactory == null || persister == null) {
			throw settings.wrongBean("repository", name, "a repository of a JPA entity");
		}
		return createStore(createRepository(name, factory, entityManagerFactory, persister), entityManagerFactory,
				spec);
	}

	private BackingStore createStore(EntityRepository repository, EntityManagerFactory entityManagerFactory,
			CacheSpec spec) {
		EntityPersister persister = repository.persister();
		this.sharedRows.check(spec, persister);
		if (spec.policy() == WritePolicy.WRITE_BACK) {
			this.advice.check(spec, entityManagerFactory, persister);
		}
		UpdateCounts counts = this.updateCounts.computeIfAbsent(entityManagerFactory, UpdateCounts::new);
		if (persister.isVersioned()) {
			counts.find(persister);
		}
		return new RepositoryStore(repository, entityManagerFactory,
				getTransactionManager(entityManagerFactory, persister.getMappedClass()), this.copier,
				() -> this.foreignKeys.computeIfAbsent(entityManagerFactory, ForeignKeys::new), counts,
				this.trackers.computeIfAbsent(entityManagerFactory, ChangeTracker::new), spec.writeBack().storeMode());
	}

	private @Nullable RepositoryFactoryInformation<?, ?> getRepositoryFactory(String name, Settings settings) {
		RepositoryFactoryInformation<?, ?> factory = this.repositories.find(name);
		if (factory != null) {
			return factory;
		}
		if (!this.beanFactory.containsBean(name)) {
			throw settings.noSuchBean("repository", name, "repository");
		}
		if (!this.repositories.isSubstitute(name)) {
			throw settings.wrongBean("repository", name, "a Spring Data repository");
		}
		return null;
	}

	@SuppressWarnings("unchecked")
	private EntityRepository createRepository(String name, @Nullable RepositoryFactoryInformation<?, ?> factory,
			EntityManagerFactory entityManagerFactory, EntityPersister persister) {
		if (!(this.beanFactory.getBean(name) instanceof CrudRepository<?, ?> bean)) {
			return EntityRepository.of(entityManagerFactory, persister);
		}
		CrudRepository<Object, Object> repository = (CrudRepository<Object, Object>) bean;
		return (factory != null)
				? new EntityRepository(repository, factory.getRepositoryInformation(),
						(EntityInformation<Object, Object>) factory.getEntityInformation(), persister)
				: EntityRepository.of(repository, entityManagerFactory, persister);
	}

	private PlatformTransactionManager getTransactionManager(EntityManagerFactory factory, Class<?> entity) {
		PlatformTransactionManager manager = this.entityManagerFactories.findTransactionManager(factory);
		if (manager == null) {
			throw new InvalidPolicyCacheException(
					"There is no transaction manager for the entity %s".formatted(entity.getName()),
					"Define a JpaTransactionManager for its EntityManagerFactory, or make one transaction manager @Primary.");
		}
		return manager;
	}

}
