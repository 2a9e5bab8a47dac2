package io.cachepolicy.benchmarks.peers;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ProductRepository;
import io.cachepolicy.benchmarks.app.ShopApplication;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Spring's own annotations and cache manager, and {@code repository.save} by hand.
 */
public final class CachedByHand implements Peer {

	private final ConfigurableApplicationContext context;

	/**
	 * Set it up.
	 * @param setting the setting
	 */
	public CachedByHand(Setting setting) {
		this.context = ShopApplication.start(setting.database().url(), (builder) -> {
			builder.sources(ByHand.class);
			new Meters(setting.meter()).addTo(builder);
		}, "size=" + setting.size());
	}

	@Override
	public String name() {
		return "@CachePut and save by hand";
	}

	@Override
	public ProductCache open() {
		return new Opened(this.context.getBean(ProductService.class), this.context.getBean(CacheManager.class));
	}

	@Override
	public void close() {
		this.context.close();
	}

	private record Opened(ProductService service, CacheManager manager) implements ProductCache {

		@Override
		public @Nullable Product get(long id) {
			return this.service.find(id);
		}

		@Override
		public void put(Product product) {
			this.service.save(product);
		}

		@Override
		public void drain() {
			// Everything is in the table
		}

		@Override
		public void close() {
			this.manager.resetCaches();
		}

	}

	/**
	 * What is done by hand.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ByHand {

		@Bean
		CacheManager cacheManager(@Value("${size}") long size) {
			CaffeineCacheManager manager = new CaffeineCacheManager("products");
			manager.setCaffeine(Caffeine.newBuilder().maximumSize(size));
			return manager;
		}

		@Bean
		ProductService productService(ProductRepository repository) {
			return new ProductService(repository);
		}

	}

	/**
	 * Annotated as Spring's reference documentation has it.
	 */
	static class ProductService {

		private final ProductRepository repository;

		ProductService(ProductRepository repository) {
			this.repository = repository;
		}

		@Cacheable(cacheNames = "products", key = "#id")
		@Nullable Product find(long id) {
			return this.repository.findById(id).orElse(null);
		}

		@CachePut(cacheNames = "products", key = "#result.id")
		Product save(Product product) {
			return this.repository.save(product);
		}

	}

}
