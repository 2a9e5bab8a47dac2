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
 * else that of the entity that is configured or suggested by annotated methods.
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
		String repository = findRepositoryName(spec, inferredEntity, settings);
		return (repository != null) ? createStore(repository, spec, settings) : null;
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

	private @Nullable String findRepositoryName(CacheSpec spec, @Nullable Class<?> inferredEntity, Settings settings) {
		if (spec.repository() != null) {
			return spec.repository();
		}
		if (spec.entity() != null) {
			return getOnlyRepository(spec.entity(), settings);
		}
		return (inferredEntity != null) ? findOnlyRepository(inferredEntity, settings) : null;
	}

	private String getOnlyRepository(Class<?> entity, Settings settings) {
		if (this.entityManagerFactories.find(entity) == null) {
			throw settings.notAnEntity(entity);
		}
		String name = findOnlyRepository(entity, settings);
		if (name == null) {
			throw settings.noRepository(entity);
		}
		return name;
	}

	private @Nullable String findOnlyRepository(Class<?> entity, Settings settings) {
		if (this.entityManagerFactories.find(entity) == null) {
			return null;
		}
		List<String> names = this.repositories.findNames(entity);
		if (names.size() > 1) {
			throw settings.severalRepositories(entity, names);
		}
		return names.isEmpty() ? null : names.get(0);
	}

	private BackingStore createStore(String name, CacheSpec spec, Settings settings) {
		RepositoryFactoryInformation<?, ?> factory = getRepositoryFactory(name, settings);
		Class<?> entity = factory.getRepositoryInformation().getDomainType();
		settings.requireEntity(entity, name);
		EntityManagerFactory entityManagerFactory = this.entityManagerFactories.find(entity);
		EntityPersister persister = (entityManagerFactory != null)
				? EntityManagerFactories.findPersister(entityManagerFactory, entity) : null;
		if (entityManagerFactory == null || persister == null) {
			throw settings.wrongBean("repository", name, "a repository of a JPA entity");
		}
		if (spec.policy() == WritePolicy.WRITE_BACK) {
			this.advice.check(spec, entityManagerFactory, persister);
		}
		UpdateCounts counts = this.updateCounts.computeIfAbsent(entityManagerFactory, UpdateCounts::new);
		if (persister.isVersioned()) {
			counts.find(persister);
		}
		return new RepositoryStore(createRepository(name, factory, persister, settings), entityManagerFactory,
				getTransactionManager(entityManagerFactory, entity), this.copier,
				() -> this.foreignKeys.computeIfAbsent(entityManagerFactory, ForeignKeys::new), counts,
				this.trackers.computeIfAbsent(entityManagerFactory, ChangeTracker::new), spec.writeBack().storeMode());
	}

	private RepositoryFactoryInformation<?, ?> getRepositoryFactory(String name, Settings settings) {
		RepositoryFactoryInformation<?, ?> factory = this.repositories.find(name);
		if (factory != null) {
			return factory;
		}
		if (!this.beanFactory.containsBean(name)) {
			throw settings.noSuchBean("repository", name, "repository");
		}
		throw settings.wrongBean("repository", name, "a Spring Data repository");
	}

	@SuppressWarnings("unchecked")
	private EntityRepository createRepository(String name, RepositoryFactoryInformation<?, ?> factory,
			EntityPersister persister, Settings settings) {
		if (!(this.beanFactory.getBean(name) instanceof CrudRepository<?, ?> repository)) {
			throw settings.wrongBean("repository", name, "a CrudRepository");
		}
		return new EntityRepository((CrudRepository<Object, Object>) repository, factory.getRepositoryInformation(),
				(EntityInformation<Object, Object>) factory.getEntityInformation(), persister);
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
