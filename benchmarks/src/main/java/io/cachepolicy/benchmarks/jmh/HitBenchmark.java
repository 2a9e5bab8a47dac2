package io.cachepolicy.benchmarks.jmh;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.spi.ValueCopier;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.cache.caffeine.CaffeineCache;

/**
 * Reads of products that are cached.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init")
public class HitBenchmark {

	private Product[] products;

	private Cache<Object, Object> caffeine;

	private CaffeineCache spring;

	private CaffeineCache counting;

	private Shop shop;

	private PolicyCache shared;

	private PolicyCache copying;

	private ValueCopier copier;

	/**
	 * Fill the caches.
	 */
	@Setup
	public void fill() {
		this.products = Shop.products();
		this.caffeine = Shop.caffeine().build();
		this.spring = new CaffeineCache("spring", Shop.caffeine().build());
		this.counting = new CaffeineCache("counting", Shop.caffeine().recordStats().build());
		this.shop = Shop.open("cache-policy.defaults.policy=write-back", "cache-policy.caches.shared.isolation=shared",
				"cache-policy.caches.shared.entity=" + Product.class.getName());
		this.copying = this.shop.cache("products");
		this.shared = this.shop.cache("shared");
		this.copier = this.shop.copier();
		for (Product product : Arrays.asList(this.products).subList(1, this.products.length)) {
			this.caffeine.put(product.getId(), product);
			this.spring.put(product.getId(), product);
			this.counting.put(product.getId(), product);
			this.copying.put(product.getId(), product);
		}
		this.copying.flush(Duration.ofMinutes(1));
		// Not before, as two caches that hold back writes of one row are a conflict
		for (Product product : Arrays.asList(this.products).subList(1, this.products.length)) {
			this.shared.put(product.getId(), product);
		}
		this.shared.flush(Duration.ofMinutes(1));
	}

	/**
	 * Stop the application.
	 */
	@TearDown
	public void close() {
		this.shop.close();
	}

	/**
	 * Caffeine alone.
	 * @param keys the keys
	 * @return the value
	 */
	@Benchmark
	public @Nullable Object caffeine(Keys keys) {
		return this.caffeine.getIfPresent(keys.next());
	}

	/**
	 * Spring's cache over Caffeine.
	 * @param keys the keys
	 * @return the value
	 */
	@Benchmark
	public @Nullable Object spring(Keys keys) {
		return this.spring.get(keys.next());
	}

	/**
	 * Spring's cache over a Caffeine that counts hits, as those of the product do.
	 * @param keys the keys
	 * @return the value
	 */
	@Benchmark
	public @Nullable Object springCounting(Keys keys) {
		return this.counting.get(keys.next());
	}

	/**
	 * The product, callers share the entity.
	 * @param keys the keys
	 * @return the value
	 */
	@Benchmark
	public @Nullable Object shared(Keys keys) {
		return this.shared.get(keys.next());
	}

	/**
	 * The product, callers get copies.
	 * @param keys the keys
	 * @return the value
	 */
	@Benchmark
	public @Nullable Object copy(Keys keys) {
		return this.copying.get(keys.next());
	}

	/**
	 * A copy as the product makes it.
	 * @param keys the keys
	 * @return the copy
	 */
	@Benchmark
	public Object copyAlone(Keys keys) {
		return this.copier.copy(this.products[keys.next().intValue()]);
	}

	/**
	 * A copy attribute by attribute, as one would write it.
	 * @param keys the keys
	 * @return the copy
	 */
	@Benchmark
	public Object copyByHand(Keys keys) {
		Product copy = new Product();
		copy.fill(this.products[keys.next().intValue()]);
		return copy;
	}

}
