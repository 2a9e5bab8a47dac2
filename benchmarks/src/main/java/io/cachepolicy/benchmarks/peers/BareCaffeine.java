package io.cachepolicy.benchmarks.peers;

import java.util.List;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.zaxxer.hikari.HikariDataSource;
import io.cachepolicy.benchmarks.app.Product;
import org.jspecify.annotations.Nullable;

/**
 * The limit: everything stays in a bare Caffeine cache, and is written once, at the end.
 */
public final class BareCaffeine implements Peer {

	private final HikariDataSource pool;

	private final ProductTable table;

	/**
	 * Set it up.
	 * @param setting the setting; the size does not matter as nothing may be evicted
	 */
	public BareCaffeine(Setting setting) {
		this.pool = setting.pool();
		this.table = new ProductTable(setting.meter().apply(this.pool));
	}

	@Override
	public String name() {
		return "Caffeine, one upsert at the end";
	}

	@Override
	public ProductCache open() {
		return new Opened(this.table);
	}

	@Override
	public void close() {
		this.pool.close();
	}

	private record Opened(Cache<Long, Product> cache, ProductTable table) implements ProductCache {

		Opened(ProductTable table) {
			this(Caffeine.newBuilder().maximumSize(Integer.MAX_VALUE).build(), table);
		}

		@Override
		public @Nullable Product get(long id) {
			Product cached = this.cache.getIfPresent(id);
			return (cached != null) ? cached : load(id);
		}

		private @Nullable Product load(long id) {
			Product loaded = this.table.load(id);
			if (loaded != null) {
				this.cache.put(id, loaded);
			}
			return loaded;
		}

		@Override
		public void put(Product product) {
			this.cache.put(product.getId(), product);
		}

		@Override
		public void drain() {
			this.table.save(List.copyOf(this.cache.asMap().values()));
		}

		@Override
		public void close() {
			// Nothing is held
		}

	}

}
