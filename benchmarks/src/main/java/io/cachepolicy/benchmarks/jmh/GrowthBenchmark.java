package io.cachepolicy.benchmarks.jmh;

import java.util.Collection;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cachepolicy.CacheStore;
import io.cachepolicy.PolicyCache;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.stereotype.Component;

/**
 * Reads and deferred writes of keys at random, in caches of different sizes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init")
public class GrowthBenchmark {

	private static final String VALUE = "value";

	/**
	 * How many entries there are, all of which are pending as well.
	 */
	@Param({ "10000", "100000", "1000000", "5000000" })
	public int entries;

	private Cache<Object, Object> caffeine;

	private Shop shop;

	private PolicyCache cache;

	/**
	 * Fill the caches.
	 */
	@Setup
	public void fill() {
		this.caffeine = Caffeine.newBuilder().maximumSize(2L * this.entries).build();
		this.shop = Shop.open("spring.main.sources=" + Nowhere.class.getName(),
				"cache-policy.caches.values.policy=write-back", "cache-policy.caches.values.isolation=shared",
				"cache-policy.caches.values.store=nowhere",
				"cache-policy.caches.values.maximum-size=" + 2 * this.entries,
				"cache-policy.caches.values.write-back.max-pending=" + 2 * this.entries,
				"cache-policy.caches.values.write-back.flush-threshold=" + 2 * this.entries,
				"cache-policy.caches.values.write-back.flush-interval=1h");
		this.cache = this.shop.cache("values");
		for (long key = 0; key < this.entries; key++) {
			this.caffeine.put(key, VALUE);
			this.cache.put(key, VALUE);
		}
	}

	/**
	 * Stop the application.
	 */
	@TearDown
	public void close() {
		this.shop.close();
	}

	/**
	 * Read from Caffeine alone.
	 * @param keys the keys
	 * @return the value
	 */
	@Benchmark
	public @Nullable Object caffeineGet(RandomKeys keys) {
		return this.caffeine.getIfPresent(keys.next(this.entries));
	}

	/**
	 * Read from the cache of the product.
	 * @param keys the keys
	 * @return the value
	 */
	@Benchmark
	public @Nullable Object policyCacheGet(RandomKeys keys) {
		return this.cache.get(keys.next(this.entries));
	}

	/**
	 * Write to Caffeine alone.
	 * @param keys the keys
	 */
	@Benchmark
	public void caffeinePut(RandomKeys keys) {
		this.caffeine.put(keys.next(this.entries), VALUE);
	}

	/**
	 * Write to the cache of the product, which defers.
	 * @param keys the keys
	 */
	@Benchmark
	public void policyCachePut(RandomKeys keys) {
		this.cache.put(keys.next(this.entries), VALUE);
	}

	/**
	 * Keys at random, each as likely as any other.
	 */
	@State(Scope.Thread)
	public static class RandomKeys {

		private final SplittableRandom random = new SplittableRandom(1);

		Long next(int bound) {
			return (long) this.random.nextInt(bound);
		}

	}

	/**
	 * Stores nothing.
	 */
	@Component("nowhere")
	static class Nowhere implements CacheStore<Long, String> {

		@Override
		public @Nullable String load(Long key) {
			return null;
		}

		@Override
		public Map<Long, String> saveAll(Map<Long, String> entries) {
			return entries;
		}

		@Override
		public void deleteAll(Collection<? extends Long> keys) {
		}

	}

}
