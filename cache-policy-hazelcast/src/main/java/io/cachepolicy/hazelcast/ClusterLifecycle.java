package io.cachepolicy.hazelcast;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.cluster.ClusterChannel;
import io.cachepolicy.cluster.KeyTypes;
import io.cachepolicy.spi.BackingStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * Connects the channel before the caches defer writes and the web server takes requests,
 * and says goodbye when nothing can be written any more.
 * <p>
 * To stop the context only pauses it: the channel goes on.
 */
final class ClusterLifecycle implements SmartLifecycle, DisposableBean {

	/**
	 * Before the caches.
	 */
	static final int PHASE = ExecutorConfigurationSupport.DEFAULT_PHASE - 2048;

	private static final Duration MEETING_TIMEOUT = Duration.ofSeconds(3);

	private static final Log logger = LogFactory.getLog(ClusterLifecycle.class);

	private final ClusterChannel channel;

	private final ClusterProperties properties;

	private final Supplier<@Nullable HazelcastInstance> applicationInstance;

	private final Supplier<@Nullable ConfigurablePolicyCacheManager> manager;

	private @Nullable HazelcastInstance own;

	private boolean opened;

	private volatile boolean running;

	ClusterLifecycle(ClusterChannel channel, ClusterProperties properties,
			Supplier<@Nullable HazelcastInstance> applicationInstance,
			Supplier<@Nullable ConfigurablePolicyCacheManager> manager) {
		this.channel = channel;
		this.properties = properties;
		this.applicationInstance = applicationInstance;
		this.manager = manager;
	}

	@Override
	public void start() {
		ConfigurablePolicyCacheManager manager = this.manager.get();
		if (!this.opened && manager != null) {
			this.opened = true;
			open(manager);
		}
		this.running = true;
	}

	private void open(ConfigurablePolicyCacheManager manager) {
		HazelcastInstance hazelcast = this.applicationInstance.get();
		if (hazelcast == null) {
			hazelcast = createOwn();
		}
		List<String> unclustered = manager.getCacheNames()
			.stream()
			.map(manager::getCache)
			.filter(Objects::nonNull)
			.filter((cache) -> !cache.getSpec().clustered())
			.map(ManagedPolicyCache::getName)
			.sorted()
			.toList();
		this.channel.open(new TopicTransport(hazelcast, this.properties.getTopic()), new StoreTypes(manager),
				unclustered);
		meet();
	}

	private HazelcastInstance createOwn() {
		OwnMember member = new OwnMember(this.properties);
		try {
			HazelcastInstance own = Hazelcast.newHazelcastInstance(member.toConfig());
			this.own = own;
			return own;
		}
		catch (HazelcastException | IllegalStateException ex) {
			throw new InvalidPolicyCacheException("The Hazelcast member could not start: %s".formatted(ex.getMessage()),
					"Check 'cache-policy.cluster.port' and 'cache-policy.cluster.address', and that the members are reachable.",
					ex);
		}
	}

	private void meet() {
		try {
			String conflict = this.channel.meet(MEETING_TIMEOUT);
			if (conflict != null) {
				throw new InvalidPolicyCacheException(conflict,
						"Let 'cache-policy.cluster.max-staleness' of every instance be at least three times 'cache-policy.cluster.heartbeat' of every other. To change both, raise the one in a first rollout.");
			}
			logger.info("Connected to %d other instances".formatted(this.channel.status().members().size()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Say goodbye. The caches and their stores are destroyed before.
	 */
	@Override
	public void destroy() {
		this.channel.close();
		if (this.own != null) {
			this.own.shutdown();
		}
	}

	/**
	 * The types that the stores of caches know.
	 *
	 * @param manager the caches
	 */
	private record StoreTypes(ConfigurablePolicyCacheManager manager) implements KeyTypes {

		@Override
		public Class<?> ofKeys(String cacheName) {
			BackingStore store = findStore(cacheName);
			return (store != null) ? store.keys().getKeyType() : Object.class;
		}

		@Override
		public Class<?> ofParts(String cacheName, String kind) {
			BackingStore store = findStore(cacheName);
			return (store != null) ? store.parts().idTypeOf(kind) : Object.class;
		}

		private @Nullable BackingStore findStore(String cacheName) {
			ManagedPolicyCache cache = (this.manager.getCacheNames().contains(cacheName))
					? this.manager.getCache(cacheName) : null;
			return (cache != null) ? cache.findStore() : null;
		}

	}

}
