package io.cachepolicy.benchmarks.jmh;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

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
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Calls of cached methods that find what they look for in the cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init")
public class AnnotationBenchmark {

	private AnnotationConfigApplicationContext context;

	private Shop shop;

	private CacheableProducts cacheable;

	private PolicyCachedProducts policyCached;

	/**
	 * Fill the caches.
	 */
	@Setup
	public void fill() {
		this.context = new AnnotationConfigApplicationContext(CacheableConfiguration.class);
		this.cacheable = this.context.getBean(CacheableProducts.class);
		this.shop = Shop.open("spring.main.sources=" + PolicyCachedProducts.class.getName(),
				"cache-policy.caches.shared.isolation=shared");
		this.policyCached = this.shop.bean(PolicyCachedProducts.class);
		LongStream.rangeClosed(1, Shop.SIZE).forEach((id) -> {
			this.cacheable.find(id);
			this.cacheable.findOnce(id);
			this.policyCached.find(id);
			this.policyCached.findShared(id);
		});
	}

	/**
	 * Stop the applications.
	 */
	@TearDown
	public void close() {
		this.context.close();
		this.shop.close();
	}

	/**
	 * {@code @Cacheable}, any number of threads may load a key at a time.
	 * @param keys the keys
	 * @return the product
	 */
	@Benchmark
	public Product cacheable(Keys keys) {
		return this.cacheable.find(keys.next());
	}

	/**
	 * {@code @Cacheable(sync = true)}, one thread loads a key at a time.
	 * @param keys the keys
	 * @return the product
	 */
	@Benchmark
	public Product cacheableSync(Keys keys) {
		return this.cacheable.findOnce(keys.next());
	}

	/**
	 * {@code @PolicyCached}, callers share the entity.
	 * @param keys the keys
	 * @return the product
	 */
	@Benchmark
	public Product policyCachedShared(Keys keys) {
		return this.policyCached.findShared(keys.next());
	}

	/**
	 * {@code @PolicyCached}, callers get copies.
	 * @param keys the keys
	 * @return the product
	 */
	@Benchmark
	public Product policyCachedCopy(Keys keys) {
		return this.policyCached.find(keys.next());
	}

	/**
	 * A service with the annotation of the product.
	 */
	static class PolicyCachedProducts {

		@PolicyCached(cache = "products", key = "#id")
		Product find(long id) {
			return Shop.product(id);
		}

		@PolicyCached(cache = "shared", key = "#id")
		Product findShared(long id) {
			return Shop.product(id);
		}

	}

	/**
	 * A service with Spring's annotation.
	 */
	static class CacheableProducts {

		@Cacheable(cacheNames = "products", key = "#id")
		Product find(long id) {
			return Shop.product(id);
		}

		@Cacheable(cacheNames = "products", key = "#id", sync = true)
		Product findOnce(long id) {
			return Shop.product(id);
		}

	}

	/**
	 * The application of Spring's annotation.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true)
	static class CacheableConfiguration {

		@Bean
		CacheManager cacheManager() {
			CaffeineCacheManager manager = new CaffeineCacheManager("products");
			manager.setCaffeine(Shop.caffeine());
			return manager;
		}

		@Bean
		CacheableProducts products() {
			return new CacheableProducts();
		}

	}

}
