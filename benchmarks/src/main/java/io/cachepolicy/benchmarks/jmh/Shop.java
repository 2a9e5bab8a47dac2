package io.cachepolicy.benchmarks.jmh;

import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.benchmarks.Database;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ShopApplication;
import io.cachepolicy.jpa.copy.EntityCopier;
import io.cachepolicy.spi.ValueCopier;
import jakarta.persistence.EntityManagerFactory;

import org.springframework.cache.CacheManager;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application with a database of its own, in the JVM of a benchmark.
 */
final class Shop implements AutoCloseable {

	/**
	 * The number of products, all of which are cached.
	 */
	static final int SIZE = 10_000;

	private static final int ROOM = 2 * SIZE;

	private final Database database = Database.start();

	private final ConfigurableApplicationContext context;

	private Shop(String... settings) {
		this.context = ShopApplication.start(this.database, settings);
	}

	/**
	 * Start the application.
	 * @param settings settings of it, besides that there is room for all products
	 * @return the application
	 */
	static Shop open(String... settings) {
		return new Shop(Stream
			.concat(Stream.of("cache-policy.defaults.maximum-size=" + ROOM,
					"cache-policy.caches.products.entity=" + Product.class.getName()), Stream.of(settings))
			.toArray(String[]::new));
	}

	/**
	 * Return a builder of a Caffeine cache with as much room as those of the application.
	 * @return the builder
	 */
	static Caffeine<Object, Object> caffeine() {
		return Caffeine.newBuilder().maximumSize(ROOM);
	}

	/**
	 * Create all products.
	 * @return the products, each at the index that is its id
	 */
	static Product[] products() {
		return LongStream.rangeClosed(0, SIZE).mapToObj((LongFunction<Product>) Shop::product).toArray(Product[]::new);
	}

	static Product product(long id) {
		Product product = new Product();
		product.fill(id, 1);
		return product;
	}

	Database database() {
		return this.database;
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	PolicyCache cache(String name) {
		PolicyCache cache = (PolicyCache) bean(CacheManager.class).getCache(name);
		if (cache == null) {
			throw new IllegalArgumentException(name);
		}
		return cache;
	}

	/**
	 * Return what the caches copy entities with.
	 * @return the copier
	 */
	ValueCopier copier() {
		return new EntityCopier(() -> Stream.of(bean(EntityManagerFactory.class)));
	}

	@Override
	public void close() {
		this.context.close();
		this.database.close();
	}

}
