package io.cachepolicy.mappings;

import java.io.Serializable;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.OperationViews;
import io.cachepolicy.mappings.zoo.Associations;
import io.cachepolicy.mappings.zoo.Basics;
import io.cachepolicy.mappings.zoo.Collections;
import io.cachepolicy.mappings.zoo.Generated;
import io.cachepolicy.mappings.zoo.Hierarchies;
import io.cachepolicy.mappings.zoo.Ids;
import io.cachepolicy.mappings.zoo.Specimen;
import io.cachepolicy.mappings.zoo.Versions;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.Hibernate;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.support.Repositories;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.SerializationUtils;

/**
 * The application with everything that is needed to look at its database.
 */
final class Zoo implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofSeconds(20);

	static final List<Specimen<?>> SPECIMENS = Stream
		.of(Basics.specimens(), Collections.specimens(), Ids.specimens(), Versions.specimens(), Generated.specimens(),
				Hierarchies.specimens(), Associations.specimens())
		.flatMap(List::stream)
		.toList();

	private final ConfigurableApplicationContext context = MappingsApplication.start(SPECIMENS);

	private final EntityManagerFactory entityManagerFactory = this.context.getBean(EntityManagerFactory.class);

	private final EntityManager entityManager = SharedEntityManagerCreator
		.createSharedEntityManager(this.entityManagerFactory);

	private final TransactionTemplate transaction = new TransactionTemplate(
			this.context.getBean(PlatformTransactionManager.class));

	private final Repositories repositories = new Repositories(this.context);

	private final PolicyCacheManager manager = this.context.getBean(PolicyCacheManager.class);

	private final JdbcTemplate jdbc = this.context.getBean(JdbcTemplate.class);

	private final String counts = this.jdbc
		.queryForList("select table_name from information_schema.tables where table_schema = 'public'", String.class)
		.stream()
		.map("select '%1$s', count(*) from %1$s"::formatted)
		.collect(Collectors.joining(" union all "));

	EntityManagerFactory entityManagerFactory() {
		return this.entityManagerFactory;
	}

	Access.Cached cached(Specimen<?> specimen, Mode mode) {
		PolicyCache cache = Objects.requireNonNull(this.manager.getCache(mode.cache(specimen)));
		return new Access.Cached(this, specimen.type(), cache);
	}

	@SuppressWarnings("unchecked")
	CrudRepository<Object, Object> repository(Class<?> type) {
		return (CrudRepository<Object, Object>) this.repositories.getRepositoryFor(type).orElseThrow();
	}

	Cache writing(PolicyCache cache) {
		return ((OperationViews) cache).writing(null, true, (value) -> {
		});
	}

	<T> T create(Specimen<T> specimen) {
		return specimen.create()
			.apply((entity) -> this.transaction.executeWithoutResult((status) -> this.entityManager.persist(entity)));
	}

	Object id(Object value) {
		return Objects.requireNonNull(this.entityManagerFactory.getPersistenceUnitUtil().getIdentifier(value));
	}

	static void rename(Object value) {
		ReflectionUtils.setField(nameField(value), value, "renamed");
	}

	static @Nullable Object nameOf(@Nullable Object value) {
		return (value != null) ? ReflectionUtils.getField(nameField(value), value) : null;
	}

	private static Field nameField(Object value) {
		return Picture.fields(value.getClass())
			.stream()
			.filter((field) -> List.of("name", "text").contains(field.getName()))
			.findFirst()
			.orElseThrow();
	}

	/**
	 * Return the id of an entity, which shares nothing with it.
	 * @param value the entity
	 * @return the id
	 */
	Object copyOfId(Object value) {
		return Objects.requireNonNull(SerializationUtils.clone((Serializable) id(value)));
	}

	<T> @Nullable T inTransaction(Function<EntityManager, @Nullable T> work) {
		return this.transaction.execute((status) -> work.apply(this.entityManager));
	}

	/**
	 * Return a detached instance of which everything is loaded.
	 * @param type the entity
	 * @param id the id
	 * @return the instance, {@code null} if there is no row
	 */
	@Nullable Object loadAll(Class<?> type, Object id) {
		return inTransaction((entityManager) -> {
			Object value = entityManager.find(type, id);
			Picture.ofAll(value);
			return Hibernate.unproxy(value);
		});
	}

	Picture row(Class<?> type, Object id) {
		return Picture.ofAll(loadAll(type, id));
	}

	/**
	 * Return how many rows there are.
	 * @return the numbers by table, without empty ones
	 */
	Map<String, Long> counts() {
		Map<String, Long> counts = new TreeMap<>();
		this.jdbc.query(this.counts, (RowCallbackHandler) (row) -> counts.put(row.getString(1), row.getLong(2)));
		counts.values().removeIf((count) -> count == 0);
		return counts;
	}

	@Override
	public void close() {
		this.context.close();
	}

}
