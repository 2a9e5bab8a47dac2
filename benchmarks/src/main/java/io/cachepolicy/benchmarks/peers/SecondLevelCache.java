package io.cachepolicy.benchmarks.peers;

import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ProductRepository;
import io.cachepolicy.benchmarks.app.ShopApplication;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Hibernate's second-level cache on Ehcache through JCache.
 */
public final class SecondLevelCache implements Peer {

	private static final String HIBERNATE = "spring.jpa.properties.hibernate.";

	private final ConfigurableApplicationContext context;

	/**
	 * Set it up.
	 * @param setting the setting
	 */
	public SecondLevelCache(Setting setting) {
		System.setProperty("benchmarks.second-level-cache.size", String.valueOf(setting.size()));
		this.context = ShopApplication.start(setting.database().url(), new Meters(setting.meter())::addTo,
				HIBERNATE + "cache.use_second_level_cache=true", HIBERNATE + "cache.region.factory_class=jcache",
				HIBERNATE + "javax.cache.provider=org.ehcache.jsr107.EhcacheCachingProvider",
				HIBERNATE + "javax.cache.uri=" + SecondLevelCache.class.getResource("/second-level-cache.xml"),
				HIBERNATE + "cache.default_cache_concurrency_strategy=read-write",
				HIBERNATE + "javax.cache.missing_cache_strategy=create",
				"spring.jpa.properties.jakarta.persistence.sharedCache.mode=ALL", "cache-policy.enabled=false");
	}

	@Override
	public String name() {
		return "Hibernate second-level cache";
	}

	@Override
	public ProductCache open() {
		return new Opened(this.context.getBean(ProductRepository.class),
				this.context.getBean(EntityManagerFactory.class));
	}

	@Override
	public void close() {
		this.context.close();
	}

	private record Opened(ProductRepository repository, EntityManagerFactory factory) implements ProductCache {

		@Override
		public @Nullable Product get(long id) {
			return this.repository.findById(id).orElse(null);
		}

		@Override
		public void put(Product product) {
			this.repository.save(product);
		}

		@Override
		public void drain() {
			// Everything is in the table
		}

		@Override
		public void close() {
			this.factory.getCache().evictAll();
		}

	}

}
