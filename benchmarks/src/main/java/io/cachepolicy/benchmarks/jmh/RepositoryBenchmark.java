package io.cachepolicy.benchmarks.jmh;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.cachepolicy.PolicyCached;
import io.cachepolicy.benchmarks.app.Product;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/**
 * Reads by id that find what they look for in the cache, of an annotated repository
 * beside those of an annotated method of a service.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RepositoryBenchmark {

	/**
	 * A service with {@code @Cacheable}.
	 * @param application the application
	 * @param keys the keys
	 * @return the product
	 */
	@Benchmark
	public Optional<Product> cacheableService(CacheableApplication application, Keys keys) {
		return application.service.find(keys.next());
	}

	/**
	 * A repository whose method is declared again, with {@code @Cacheable}.
	 * @param application the application
	 * @param keys the keys
	 * @return the product
	 */
	@Benchmark
	public Optional<Product> cacheableRepository(CacheableApplication application, Keys keys) {
		return application.repository.findById(keys.next());
	}

	/**
	 * A service with {@code @PolicyCached}, callers share the entity.
	 * @param application the application
	 * @param keys the keys
	 * @return the product
	 */
	@Benchmark
	public Optional<Product> serviceShared(SharingApplication application, Keys keys) {
		return application.service.find(keys.next());
	}

	/**
	 * A service with {@code @PolicyCached}, callers get copies.
	 * @param application the application
	 * @param keys the keys
	 * @return the product
	 */
	@Benchmark
	public Optional<Product> serviceCopy(CopyingApplication application, Keys keys) {
		return application.service.find(keys.next());
	}

	/**
	 * A repository with {@code @PolicyCached}, callers share the entity.
	 * @param application the application
	 * @param keys the keys
	 * @return the product
	 */
	@Benchmark
	public Optional<Product> repositoryShared(SharingApplication application, Keys keys) {
		return application.repository.findById(keys.next());
	}

	/**
	 * A repository with {@code @PolicyCached}, callers get copies.
	 * @param application the application
	 * @param keys the keys
	 * @return the product
	 */
	@Benchmark
	public Optional<Product> repositoryCopy(CopyingApplication application, Keys keys) {
		return application.repository.findById(keys.next());
	}

	private static Shop open(Class<?> configuration, String... settings) {
		String[] all = Arrays.copyOf(settings, settings.length + 1);
		all[settings.length] = "spring.main.sources=" + configuration.getName();
		return Shop.open(all);
	}

	/**
	 * Store all products, and read them until they are cached.
	 * @param repository where they are stored
	 * @param reads the reads
	 */
	private static void fill(JpaRepository<Product, Long> repository, List<Function<Long, Optional<Product>>> reads) {
		repository.saveAll(Arrays.asList(Shop.products()).subList(1, Shop.SIZE + 1));
		for (Function<Long, Optional<Product>> read : reads) {
			for (long id = 1; id <= Shop.SIZE; id++) {
				if (read.apply(id).isEmpty()) {
					throw new IllegalStateException("No product " + id);
				}
			}
		}
	}

	/**
	 * An application with Spring's annotation and Caffeine.
	 */
	@State(Scope.Benchmark)
	@SuppressWarnings("NullAway.Init")
	public static class CacheableApplication {

		private Shop shop;

		private CacheableProducts service;

		private CacheableProductRepository repository;

		/**
		 * Fill the caches.
		 */
		@Setup
		public void fill() {
			this.shop = open(CacheableConfiguration.class);
			this.service = this.shop.bean(CacheableProducts.class);
			this.repository = this.shop.bean(CacheableProductRepository.class);
			RepositoryBenchmark.fill(this.repository, List.of(this.service::find, this.repository::findById));
		}

		/**
		 * Stop the application.
		 */
		@TearDown
		public void close() {
			this.shop.close();
		}

	}

	/**
	 * An application with the annotation of the product.
	 */
	@State(Scope.Benchmark)
	@SuppressWarnings("NullAway.Init")
	public static class CopyingApplication {

		private Shop shop;

		PolicyCachedProducts service;

		PolicyCachedProductRepository repository;

		String isolation() {
			return "copy";
		}

		/**
		 * Fill the cache.
		 */
		@Setup
		public void fill() {
			this.shop = open(PolicyCachedConfiguration.class, "cache-policy.defaults.isolation=" + isolation());
			this.service = this.shop.bean(PolicyCachedProducts.class);
			this.repository = this.shop.bean(PolicyCachedProductRepository.class);
			RepositoryBenchmark.fill(this.repository, List.of(this.service::find, this.repository::findById));
		}

		/**
		 * Stop the application.
		 */
		@TearDown
		public void close() {
			this.shop.close();
		}

	}

	/**
	 * The same, whose callers share instances.
	 */
	@State(Scope.Benchmark)
	public static class SharingApplication extends CopyingApplication {

		@Override
		String isolation() {
			return "shared";
		}

	}

	/**
	 * The repository with Spring's annotation.
	 */
	interface CacheableProductRepository extends JpaRepository<Product, Long> {

		@Override
		@Cacheable(cacheNames = "repository", key = "#p0")
		Optional<Product> findById(Long id);

	}

	/**
	 * The repository with the annotation of the product.
	 */
	@PolicyCached("products")
	interface PolicyCachedProductRepository extends JpaRepository<Product, Long> {

	}

	/**
	 * A service with Spring's annotation.
	 */
	static class CacheableProducts {

		private final CacheableProductRepository repository;

		CacheableProducts(CacheableProductRepository repository) {
			this.repository = repository;
		}

		@Cacheable(cacheNames = "service", key = "#id")
		Optional<Product> find(Long id) {
			return this.repository.findById(id);
		}

	}

	/**
	 * A service with the annotation of the product.
	 */
	static class PolicyCachedProducts {

		private final PolicyCachedProductRepository repository;

		PolicyCachedProducts(PolicyCachedProductRepository repository) {
			this.repository = repository;
		}

		@PolicyCached(cache = "products", key = "#id")
		Optional<Product> find(Long id) {
			return this.repository.findById(id);
		}

	}

	/**
	 * The application of Spring's annotation.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(CacheableProducts.class)
	@EnableJpaRepositories(considerNestedRepositories = true,
			includeFilters = @Filter(type = FilterType.ASSIGNABLE_TYPE, classes = CacheableProductRepository.class))
	static class CacheableConfiguration {

		@Bean
		CacheManager cacheManager() {
			CaffeineCacheManager manager = new CaffeineCacheManager("service", "repository");
			manager.setCaffeine(Shop.caffeine());
			return manager;
		}

	}

	/**
	 * The application of the product's annotation.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(PolicyCachedProducts.class)
	@EnableJpaRepositories(considerNestedRepositories = true,
			includeFilters = @Filter(type = FilterType.ASSIGNABLE_TYPE, classes = PolicyCachedProductRepository.class))
	static class PolicyCachedConfiguration {

	}

}
