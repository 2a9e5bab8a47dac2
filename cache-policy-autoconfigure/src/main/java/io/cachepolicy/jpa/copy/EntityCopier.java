package io.cachepolicy.jpa.copy;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.cachepolicy.spi.ValueCopier;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

/**
 * Copies JPA entities with everything that is loaded of their graph. Any other value is
 * returned as it is.
 * <p>
 * A copy belongs to no persistence context. What was not loaded stays so: an
 * uninitialised association or collection is one in the copy as well, keeps its key and
 * means "unchanged" to {@code EntityManager.merge}. What is loaded is copied once per
 * graph, so that cycles and shared references keep their shape; collections become plain
 * ones of the kind that the mapping asks for. Immutable values are shared. Of the fields
 * that are not mapped, those of simple types are copied, such as the flag of a
 * {@link org.springframework.data.domain.Persistable}; others are left as a new instance
 * has them.
 * <p>
 * The JPA provider has to be Hibernate. The entity manager factories are asked for when
 * the first value is copied.
 */
public final class EntityCopier implements ValueCopier {

	private final Supplier<? extends Stream<EntityManagerFactory>> entityManagerFactories;

	private final Map<Class<?>, Optional<EntityPlan>> plans = new ConcurrentHashMap<>();

	/**
	 * Create a copier.
	 * @param entityManagerFactories the factories whose entities are copied, asked for on
	 * first use
	 */
	public EntityCopier(Supplier<? extends Stream<EntityManagerFactory>> entityManagerFactories) {
		this.entityManagerFactories = entityManagerFactories;
	}

	@Override
	public Object copy(Object value) {
		Optional<EntityPlan> known = this.plans.get(value.getClass());
		// No plan is that of the class of a proxy
		return (known != null && known.isPresent() && known.get().isFlat()) ? known.get().copyFlat(value)
				: copyGraph(value);
	}

	private Object copyGraph(Object value) {
		LazyInitializer proxy = HibernateProxy.extractLazyInitializer(value);
		if (proxy != null && !proxy.isUninitialized()) {
			return copy(proxy.getImplementation());
		}
		EntityPlan plan = findPlan((proxy != null) ? proxy.getPersistentClass() : value.getClass());
		if (plan == null) {
			return value;
		}
		return (plan.isFlat() && proxy == null) ? plan.copyFlat(value) : new GraphCopy(this::findPlan).copy(value);
	}

	private @Nullable EntityPlan findPlan(Class<?> type) {
		Optional<EntityPlan> plan = this.plans.get(type);
		return ((plan != null) ? plan : addPlan(type)).orElse(null);
	}

	private Optional<EntityPlan> addPlan(Class<?> type) {
		Optional<EntityPlan> plan = this.entityManagerFactories.get()
			.map((factory) -> findPersister(factory, type))
			.filter(Objects::nonNull)
			.findFirst()
			.map(EntityPlan::new);
		this.plans.put(type, plan);
		return plan;
	}

	private static @Nullable EntityPersister findPersister(EntityManagerFactory factory, Class<?> type) {
		return factory.unwrap(SessionFactoryImplementor.class).getMappingMetamodel().findEntityDescriptor(type);
	}

}
