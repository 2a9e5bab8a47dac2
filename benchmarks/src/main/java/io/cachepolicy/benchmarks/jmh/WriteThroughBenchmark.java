package io.cachepolicy.benchmarks.jmh;

import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ProductRepository;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Writes that reach the database before they return.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init")
public class WriteThroughBenchmark {

	private Product[] products;

	private Cache<Object, Object> caffeine;

	private Shop shop;

	private ProductRepository repository;

	private PolicyCache through;

	private PolicyCache around;

	private int revision;

	/**
	 * Store and cache all products.
	 */
	@Setup
	public void fill() {
		this.products = Shop.products();
		this.caffeine = Shop.caffeine().build();
		this.shop = Shop.open();
		this.repository = this.shop.bean(ProductRepository.class);
		this.through = this.shop.cache("products");
		this.around = this.through.withPolicy(WritePolicy.WRITE_AROUND);
		this.shop.database()
			.execute("insert into product (available, changed, description, name, price, stock, id) "
					+ "select true, now(), 'product', 'product', 1, 0, id from generate_series(1, %d) id"
						.formatted(Shop.SIZE));
		this.shop.database().execute("vacuum analyze product");
	}

	/**
	 * Stop the application.
	 */
	@TearDown
	public void close() {
		this.shop.close();
	}

	private Product next(Keys keys) {
		Product product = this.products[keys.next().intValue()];
		product.revise(++this.revision);
		return product;
	}

	/**
	 * Save and put by hand.
	 * @param keys the keys
	 */
	@Benchmark
	public void saveAndPut(Keys keys) {
		Product product = next(keys);
		this.caffeine.put(product.getId(), this.repository.save(product));
	}

	/**
	 * Write through.
	 * @param keys the keys
	 */
	@Benchmark
	public void writeThrough(Keys keys) {
		Product product = next(keys);
		this.through.put(product.getId(), product);
	}

	/**
	 * Save and invalidate by hand.
	 * @param keys the keys
	 */
	@Benchmark
	public void saveAndInvalidate(Keys keys) {
		Product product = next(keys);
		this.repository.save(product);
		this.caffeine.invalidate(product.getId());
	}

	/**
	 * Write around.
	 * @param keys the keys
	 */
	@Benchmark
	public void writeAround(Keys keys) {
		Product product = next(keys);
		this.around.put(product.getId(), product);
	}

}
