package io.cachepolicy.jpa;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.jpa.domain.Country;
import io.cachepolicy.jpa.domain.JpaTestContext;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.testsupport.TestedStore;
import jakarta.persistence.EntityManager;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.cache.spi.support.RegionFactoryTemplate;
import org.hibernate.cache.spi.support.StorageAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.jpa.HibernateHints;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BatchMode} where Hibernate caches the results of queries.
 */
class QueryCacheIntegrationTests {

	@Test
	void cachedQueriesSeeDeferredWrites() {
		Map<String, Object> properties = Map.of("spring.jpa.properties.hibernate.cache.use_query_cache", true,
				"spring.jpa.properties.hibernate.cache.region.factory_class", MapRegionFactory.class.getName());
		try (JpaTestContext context = new JpaTestContext("jdbc:h2:mem:query-cache;DB_CLOSE_DELAY=-1", properties)) {
			BackingStore resolved = new JpaBackingStoreResolver(context.getContext())
				.resolve(Specs.of("countries").storeMode(StoreMode.AUTO).build(), Country.class);
			assertThat(resolved).isNotNull();
			TestedStore store = new TestedStore(resolved);
			store.flushAll(Map.of("ch", new Country("ch", "Switzerland")));
			assertThat(names(context)).containsExactly("Switzerland");
			assertThat(names(context)).containsExactly("Switzerland");
			store.flushAll(Map.of("ch", new Country("ch", "Schweiz")));
			assertThat(names(context)).containsExactly("Schweiz");
			store.deleteAll(List.of("ch"));
			assertThat(names(context)).isEmpty();
		}
	}

	private static List<String> names(JpaTestContext context) {
		try (EntityManager entityManager = context.getEntityManagerFactory().createEntityManager()) {
			return entityManager.createQuery("select c.name from Country c", String.class)
				.setHint(HibernateHints.HINT_CACHEABLE, true)
				.getResultList();
		}
	}

	/**
	 * Keeps what Hibernate caches in maps.
	 */
	public static class MapRegionFactory extends RegionFactoryTemplate {

		private static final long serialVersionUID = 1L;

		@Override
		protected void prepareForUse(SessionFactoryOptions settings, Map<String, Object> configuration) {
		}

		@Override
		protected void releaseFromUse() {
		}

		@Override
		protected StorageAccess createQueryResultsRegionStorageAccess(String region,
				SessionFactoryImplementor factory) {
			return new MapAccess();
		}

		@Override
		protected StorageAccess createTimestampsRegionStorageAccess(String region, SessionFactoryImplementor factory) {
			return new MapAccess();
		}

	}

	private static final class MapAccess implements StorageAccess {

		private final Map<Object, Object> values = new ConcurrentHashMap<>();

		@Override
		public Object getFromCache(Object key, SharedSessionContractImplementor session) {
			return this.values.get(key);
		}

		@Override
		public void putIntoCache(Object key, Object value, SharedSessionContractImplementor session) {
			this.values.put(key, value);
		}

		@Override
		public boolean contains(Object key) {
			return this.values.containsKey(key);
		}

		@Override
		public void evictData() {
			this.values.clear();
		}

		@Override
		public void evictData(Object key) {
			this.values.remove(key);
		}

		@Override
		public void release() {
			this.values.clear();
		}

	}

}
