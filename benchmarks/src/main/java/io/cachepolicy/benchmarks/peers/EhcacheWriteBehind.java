package io.cachepolicy.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import io.cachepolicy.benchmarks.app.Product;
import org.ehcache.Cache;
import org.ehcache.CacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.config.builders.WriteBehindConfigurationBuilder;
import org.ehcache.spi.loaderwriter.CacheLoaderWriter;
import org.jspecify.annotations.Nullable;

/**
 * Ehcache with write-behind, in batches that coalesce, and a loader-writer through JDBC.
 */
public final class EhcacheWriteBehind implements Peer {

	private static final String CACHE = "products";

	private final int size;

	private final HikariDataSource pool;

	private final ProductTable table;

	private final int stripes;

	/**
	 * Set it up with one writing thread.
	 * @param setting the setting
	 */
	public EhcacheWriteBehind(Setting setting) {
		this(setting, 1);
	}

	private EhcacheWriteBehind(Setting setting, int stripes) {
		this.stripes = stripes;
		this.size = setting.size();
		this.pool = setting.pool();
		this.table = new ProductTable(setting.meter().apply(this.pool));
	}

	/**
	 * Set it up with two writing threads.
	 * @param setting the setting
	 * @return the peer
	 */
	public static EhcacheWriteBehind withTwoStripes(Setting setting) {
		return new EhcacheWriteBehind(setting, 2);
	}

	@Override
	public String name() {
		return "Ehcache write-behind" + ((this.stripes > 1) ? ", %d stripes".formatted(this.stripes) : "");
	}

	@Override
	public ProductCache open() {
		return new Opened(CacheManagerBuilder.newCacheManagerBuilder()
			.withCache(CACHE,
					CacheConfigurationBuilder
						.newCacheConfigurationBuilder(Long.class, Product.class, ResourcePoolsBuilder.heap(this.size))
						.withLoaderWriter(new LoaderWriter(this.table))
						.withService(WriteBehindConfigurationBuilder
							.newBatchedWriteBehindConfiguration(1, TimeUnit.SECONDS, Setting.BATCH_SIZE)
							.enableCoalescing()
							.queueSize(100_000)
							.concurrencyLevel(this.stripes)))
			.build(true));
	}

	@Override
	public void close() {
		this.pool.close();
	}

	private record Opened(CacheManager manager, Cache<Long, Product> cache) implements ProductCache {

		Opened(CacheManager manager) {
			this(manager, manager.getCache(CACHE, Long.class, Product.class));
		}

		@Override
		public @Nullable Product get(long id) {
			return this.cache.get(id);
		}

		@Override
		public void put(Product product) {
			this.cache.put(product.getId(), product);
		}

		@Override
		public void drain() {
			// There is no other way to wait for the queue
			this.manager.close();
		}

		@Override
		public void close() {
			// Closed since it was drained
		}

	}

	private record LoaderWriter(ProductTable table) implements CacheLoaderWriter<Long, Product> {

		@Override
		public @Nullable Product load(Long id) {
			return this.table.load(id);
		}

		@Override
		public void write(Long id, Product product) {
			this.table.save(List.of(product));
		}

		@Override
		public void writeAll(Iterable<? extends Map.Entry<? extends Long, ? extends Product>> entries) {
			List<Product> products = new ArrayList<>();
			entries.forEach((entry) -> products.add(entry.getValue()));
			this.table.save(products);
		}

		@Override
		public void delete(Long id) {
			throw new UnsupportedOperationException();
		}

	}

}
