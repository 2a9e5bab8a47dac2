package io.cachepolicy.benchmarks.peers;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ShopApplication;
import io.cachepolicy.benchmarks.app.ShopCaches;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The product itself, by one of its policies.
 */
public final class PolicyPeer implements Peer {

	private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(10);

	private final WritePolicy policy;

	private final ConfigurableApplicationContext context;

	/**
	 * Set it up.
	 * @param setting the setting
	 * @param policy the policy
	 * @param properties settings of the cache that are not the defaults, as in
	 * {@code name=value}
	 */
	public PolicyPeer(Setting setting, WritePolicy policy, String... properties) {
		this.policy = policy;
		this.context = ShopApplication.start(setting.database().url(), new Meters(setting.meter())::addTo,
				Stream
					.concat(Stream.of("entity=" + Product.class.getName(), "maximum-size=" + setting.size(),
							"policy=" + policy), Stream.of(properties))
					.map("cache-policy.caches.products."::concat)
					.toArray(String[]::new));
	}

	@Override
	public String name() {
		return this.policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	@Override
	public ProductCache open() {
		return new Opened(ShopCaches.get(this.context, "products"));
	}

	@Override
	public void close() {
		this.context.close();
	}

	private record Opened(PolicyCache cache) implements ProductCache {

		@Override
		public @Nullable Product get(long id) {
			return this.cache.get(id, Product.class);
		}

		@Override
		public void put(Product product) {
			this.cache.put(product.getId(), product);
		}

		@Override
		public void drain() {
			FlushReport report = this.cache.flush(DRAIN_TIMEOUT);
			if (report.failed() > 0 || report.remaining() > 0) {
				throw new IllegalStateException(report.toString());
			}
		}

		@Override
		public void close() {
			this.cache.clear();
		}

	}

}
