package io.cachepolicy.benchmarks.jmh;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.peers.JdbcUpsert;
import io.cachepolicy.spi.ValueCopier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Writes of products that are cached.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init")
public class PutBenchmark {

	private static final int BATCH_SIZE = 500;

	/**
	 * What goes on while the caches are written.
	 */
	@Param({ "nothing", "upsert", "flush" })
	public String background = "nothing";

	private Product[] products;

	private Cache<Object, Object> caffeine;

	private Shop shop;

	private PolicyCache cache;

	private ValueCopier copier;

	private volatile boolean stopped;

	private Thread thread;

	/**
	 * Fill the caches, and start what goes on.
	 */
	@Setup
	public void fill() {
		this.products = Shop.products();
		this.caffeine = Shop.caffeine().build();
		this.shop = Shop.open("cache-policy.defaults.policy=write-back",
				"cache-policy.defaults.write-back.flush-interval=1h",
				"cache-policy.defaults.write-back.flush-threshold=100000",
				"cache-policy.defaults.write-back.batch-size=" + BATCH_SIZE);
		this.shop.database().execute("create table upserted (like product including all)");
		this.cache = this.shop.cache("products");
		this.copier = this.shop.copier();
		for (int id = 1; id < this.products.length; id++) {
			this.caffeine.put((long) id, this.products[id]);
			this.cache.put((long) id, this.products[id]);
		}
		Runnable round = round();
		this.thread = new Thread(() -> {
			while (!this.stopped) {
				round.run();
			}
		}, "background");
		this.thread.start();
	}

	private Runnable round() {
		List<Product> rows = List.of(this.products).subList(1, this.products.length);
		return switch (this.background) {
			case "flush" -> () -> this.cache.flush(Duration.ofMinutes(1));
			case "upsert" -> () -> JdbcUpsert.write(this.shop.database().url(), "upserted", rows, BATCH_SIZE);
			default -> () -> this.stopped = true;
		};
	}

	/**
	 * Stop the application.
	 * @throws InterruptedException if the thread is interrupted
	 */
	@TearDown
	public void close() throws InterruptedException {
		this.stopped = true;
		this.thread.join();
		this.shop.close();
	}

	/**
	 * Caffeine alone.
	 * @param keys the keys
	 */
	@Benchmark
	public void caffeine(Keys keys) {
		Long key = keys.next();
		this.caffeine.put(key, this.products[key.intValue()]);
	}

	/**
	 * Caffeine, and a copy as the product makes it.
	 * @param keys the keys
	 */
	@Benchmark
	public void caffeineAndCopy(Keys keys) {
		Long key = keys.next();
		this.caffeine.put(key, this.copier.copy(this.products[key.intValue()]));
	}

	/**
	 * Caffeine, and a copy as one would write it.
	 * @param keys the keys
	 */
	@Benchmark
	public void caffeineAndCopyByHand(Keys keys) {
		Long key = keys.next();
		Product copy = new Product();
		copy.fill(this.products[key.intValue()]);
		this.caffeine.put(key, copy);
	}

	/**
	 * The product, which copies and defers.
	 * @param keys the keys
	 */
	@Benchmark
	public void writeBack(Keys keys) {
		Long key = keys.next();
		this.cache.put(key, this.products[key.intValue()]);
	}

}
