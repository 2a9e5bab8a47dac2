package io.cachepolicy.benchmarks.peers;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MapStoreConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.MapStore;
import com.zaxxer.hikari.HikariDataSource;
import io.cachepolicy.benchmarks.app.Product;
import org.jspecify.annotations.Nullable;

/**
 * An embedded Hazelcast member, alone, with a map store through JDBC that is written
 * behind.
 */
public final class HazelcastWriteBehind implements Peer {

	private static final String MAP = "products";

	private final HikariDataSource pool;

	private final HazelcastInstance hazelcast;

	/**
	 * Set it up.
	 * @param setting the setting
	 */
	public HazelcastWriteBehind(Setting setting) {
		this.pool = setting.pool();
		ProductTable table = new ProductTable(setting.meter().apply(this.pool));
		this.hazelcast = Hazelcast.newHazelcastInstance(config(map(setting.size(), new Store(table))));
	}

	private static Config config(MapConfig map) {
		Config config = new Config().addMapConfig(map);
		config.setProperty("hazelcast.phone.home.enabled", "false");
		config.setProperty("hazelcast.logging.type", "none");
		config.setProperty("hazelcast.socket.bind.any", "false");
		config.setProperty("hazelcast.shutdownhook.enabled", "false");
		JoinConfig join = config.getNetworkConfig().getJoin();
		join.getAutoDetectionConfig().setEnabled(false);
		join.getMulticastConfig().setEnabled(false);
		config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
		config.getSerializationConfig().getCompactSerializationConfig().addSerializer(new ProductSerializer());
		return config;
	}

	private static MapConfig map(int size, Store store) {
		MapConfig map = new MapConfig(MAP).setMapStoreConfig(new MapStoreConfig().setImplementation(store)
			.setWriteDelaySeconds(1)
			.setWriteBatchSize(Setting.BATCH_SIZE)
			.setWriteCoalescing(true));
		map.getEvictionConfig()
			.setEvictionPolicy(EvictionPolicy.LRU)
			.setMaxSizePolicy(MaxSizePolicy.PER_NODE)
			.setSize(size);
		return map;
	}

	@Override
	public String name() {
		return "Hazelcast write-behind";
	}

	@Override
	public ProductCache open() {
		return new Opened(this.hazelcast.getMap(MAP));
	}

	@Override
	public void close() {
		this.hazelcast.shutdown();
		this.pool.close();
	}

	private record Opened(IMap<Long, Product> map) implements ProductCache {

		@Override
		public @Nullable Product get(long id) {
			return this.map.get(id);
		}

		@Override
		public void put(Product product) {
			// As put, but does not load what was there
			this.map.set(product.getId(), product);
		}

		@Override
		public void drain() {
			this.map.flush();
		}

		@Override
		public void close() {
			this.map.destroy();
		}

	}

	private record Store(ProductTable table) implements MapStore<Long, Product> {

		@Override
		public void store(Long id, Product product) {
			this.table.save(List.of(product));
		}

		@Override
		public void storeAll(Map<Long, Product> products) {
			this.table.save(List.copyOf(products.values()));
		}

		@Override
		public void delete(Long id) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void deleteAll(Collection<Long> ids) {
			throw new UnsupportedOperationException();
		}

		@Override
		public @Nullable Product load(Long id) {
			return this.table.load(id);
		}

		@Override
		public Map<Long, Product> loadAll(Collection<Long> ids) {
			Map<Long, Product> products = new HashMap<>();
			for (Long id : ids) {
				Product product = load(id);
				if (product != null) {
					products.put(id, product);
				}
			}
			return products;
		}

		@Override
		public @Nullable Iterable<Long> loadAllKeys() {
			// The map starts empty
			return null;
		}

	}

}
